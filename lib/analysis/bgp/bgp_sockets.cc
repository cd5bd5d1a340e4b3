// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/bgp/bgp_sockets.h"

#include <utility>

#include <absl/strings/str_cat.h>

namespace caliwatch {
namespace {

int RankOf(TcpState state) {
  switch (state) {
    case TcpState::kEstablished:
      return 0;
    case TcpState::kSynReceived:
      return 1;
    case TcpState::kSynSent:
      return 2;
    default:
      return 3;
  }
}

// The kernel keeps it for a minute, so that late packets find somebody.
bool IsOver(const BgpSocket& socket) {
  return socket.state == TcpState::kTimeWait || socket.state == TcpState::kClosed;
}

std::string Again(uint32_t times) {
  return times == 0 ? "" : absl::StrCat(", sent again ", times, times == 1 ? " time" : " times");
}

}  // namespace

SocketsByPeer::SocketsByPeer(const std::vector<BgpSocket>& sockets) {
  best_.reserve(sockets.size());
  for (const BgpSocket& socket : sockets) {
    if (socket.state == TcpState::kListen || IsOver(socket)) continue;
    const auto key = [](const BgpSocket& each) { return std::pair(RankOf(each.state), -int64_t{each.retransmits}); };
    const BgpSocket*& best = best_[socket.remote];
    if (best == nullptr || key(socket) < key(*best)) best = &socket;
  }
}

const BgpSocket* SocketsByPeer::Towards(const IpAddress& peer) const {
  const auto found = best_.find(peer);
  return found != best_.end() ? found->second : nullptr;
}

bool IsQueueFull(const BgpSocket& socket) {
  return socket.state == TcpState::kListen && socket.receive_queue > socket.send_queue;
}

std::string SocketText(const BgpSocket& socket) {
  switch (socket.state) {
    case TcpState::kSynSent:
      return absl::StrCat("TCP: SYN_SENT", Again(socket.retransmits), ", no answer");
    case TcpState::kSynReceived:
      return absl::StrCat("TCP: SYN_RECV, our answer", Again(socket.retransmits), ", not acknowledged");
    case TcpState::kEstablished:
      return socket.unacknowledged == 0 || socket.retransmits == 0
                 ? "TCP: established"
                 : absl::StrCat("TCP: established, data", Again(socket.retransmits), ", not acknowledged");
    default:
      return "TCP: closing";
  }
}

HeardSockets SocketHistory::Follow(const Table<BgpSocket>& now) {
  if (!now.ok()) return {};
  absl::flat_hash_map<uint64_t, const BgpSocket*> earlier;
  for (const BgpSocket& socket : waiting_) earlier[socket.cookie] = &socket;
  std::vector<BgpSocket> waiting;
  HeardSockets heard;
  for (const BgpSocket& socket : *now) {
    if (socket.cookie == 0 || socket.retransmits == 0) continue;
    waiting.push_back(socket);
    const auto found = earlier.find(socket.cookie);
    if (found == earlier.end()) continue;
    // What came in before the first retransmission proves nothing: the other end may have died since.
    const bool came_in = socket.segments_received > found->second->segments_received;
    if (came_in || heard_.contains(socket.cookie)) heard.insert(socket.cookie);
  }
  waiting_ = std::move(waiting);
  heard_ = heard;
  return heard;
}

}  // namespace caliwatch
