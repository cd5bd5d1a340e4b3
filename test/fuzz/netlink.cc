// SPDX-License-Identifier: Apache-2.0

// Messages of the kernel: each table's decoder, and what it announces. The first byte says which.

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include <absl/strings/str_cat.h>

#include "lib/decode/journal_events.h"
#include "lib/decode/kernel_messages.h"
#include "lib/decode/kernel_route_order.h"
#include "lib/model/kernel_tables.h"
#include "lib/node/kernel_dumps.h"
#include "test/fuzz/support/cost.h"
#include "test/fuzz/support/input.h"
#include "test/fuzz/support/must.h"

namespace caliwatch {
namespace {

// Of a message or none. Each is in memory of its own, of exactly its size, so that the sanitizer sees who looks beyond.
using Messages = std::vector<std::vector<char>>;

// As libnl parts what it received, but for a length that cannot be, which it would not hand over: it is put right.
Messages MessagesFrom(absl::string_view bytes) {
  Messages messages;
  while (bytes.size() >= sizeof(nlmsghdr)) {
    nlmsghdr header{};
    std::memcpy(&header, bytes.data(), sizeof header);
    const size_t most = bytes.size();
    if (header.nlmsg_len < sizeof header || header.nlmsg_len > most) header.nlmsg_len = static_cast<uint32_t>(most);
    messages.emplace_back(bytes.data(), bytes.data() + header.nlmsg_len);
    messages.back().shrink_to_fit();
    std::memcpy(messages.back().data(), &header, sizeof header);
    bytes.remove_prefix(std::min<size_t>(NLMSG_ALIGN(header.nlmsg_len), most));
  }
  return messages;
}

const nlmsghdr& HeaderOf(const std::vector<char>& message) {
  return *reinterpret_cast<const nlmsghdr*>(message.data());
}

// Damaged; more than there can be; a pod's own error.
bool IsRefusal(const absl::Status& status) {
  return absl::IsInvalidArgument(status) || absl::IsResourceExhausted(status) || absl::IsUnavailable(status);
}

void MustFit(const IpAddress& address) { Must(address.ToString().size() >= 2, "an address has a text"); }
void MustFit(const Prefix& prefix) {
  Must(prefix.length <= prefix.address.size() * 8, "a prefix fits its address", absl::StrCat(prefix.length));
  Must(Prefix::Parse(prefix.ToString()).value() == prefix, "a prefix can be read as it is written", prefix.ToString());
}

template <class Row>
void MustBeSound(const std::vector<Row>&) {}
void MustBeSound(const std::vector<Route>& routes) {
  for (const Route& route : routes) {
    MustFit(route.destination);
    if (route.gateway) MustFit(*route.gateway);
  }
}
void MustBeSound(const std::vector<Address>& addresses) {
  for (const Address& address : addresses) MustFit(Prefix{address.address, address.prefix_length});
}
void MustBeSound(const std::vector<Rule>& rules) {
  for (const Rule& rule : rules)
    for (const std::optional<Prefix>& prefix : {rule.from, rule.to})
      if (prefix) MustFit(*prefix);
}

template <class Row>
void Decode(absl::string_view bytes, bool check) {
  std::vector<Row> rows;
  absl::Status status;
  for (const std::vector<char>& message : MessagesFrom(bytes)) {
    status = AppendRow(HeaderOf(message), rows);
    if (!status.ok()) break;
  }
  Must(status.ok() || IsRefusal(status), "a message is understood, or said to be damaged", status.ToString());
  if constexpr (std::is_same_v<Row, Route>) SortDump(rows);
  if (!check) return;
  Must(rows.size() <= bytes.size() / 4, "there are no more rows than could be told");
  MustBeSound(rows);
}

// As the event listener and `watch` of pods take them.
void DecodeEvents(absl::string_view bytes, bool check) {
  Journal journal;
  std::vector<Link> links;
  std::vector<Route> routes;
  std::vector<Neighbor> neighbors;
  for (const std::vector<char>& message : MessagesFrom(bytes)) {
    const absl::Status all[] = {
        AppendKernelEvent(HeaderOf(message), absl::Seconds(1), journal), AppendChangedLink(HeaderOf(message), links),
        AppendChangedRoutes(HeaderOf(message), routes), AppendChangedNeighbor(HeaderOf(message), neighbors)};
    for (const absl::Status& status : all)
      Must(status.ok() || IsRefusal(status), "an event is understood, or said to be damaged", status.ToString());
  }
  if (!check) return;
  MustBeSound(routes);
  for (const RouteEvent& event : journal.routes) MustFit(event.destination);
  for (const NeighborEvent& event : journal.neighbors) MustFit(event.address);
}

void Play(void (*decode)(absl::string_view, bool), absl::string_view bytes) {
  decode(bytes, true);
  MustBeLinear({"", bytes.substr(0, bytes.size() / NLMSG_ALIGNTO * NLMSG_ALIGNTO), ""},
               [&](const std::string& text) { decode(text, false); });
}

}  // namespace
}  // namespace caliwatch

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace caliwatch;
  Input input(data, size);
  size_t which = input.Below(std::size(kKernelDumps) + 1);
  ForEachKernelTable([&]<class Row>(absl::string_view, Table<Row> KernelTables::*) {
    if (which-- == 0) Play(Decode<Row>, input.rest());
  });
  if (which == 0) Play(DecodeEvents, input.rest());
  return 0;
}
