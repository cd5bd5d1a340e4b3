// SPDX-License-Identifier: Apache-2.0
#include "lib/cluster/evidence.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

namespace caliwatch {
namespace {

bool ShareAddress(const NodeDocument& a, const NodeDocument& b) {
  for (const Family family : kFamilies)
    if (a.address[family] && a.address[family] == b.address[family]) return true;
  return a.own_addresses && b.own_addresses && *a.own_addresses == *b.own_addresses;
}

// One agent that was asked by two of its addresses.
bool IsSameNode(const Member& a, const Member& b) {
  return !a.told->node.empty() && a.told->node == b.told->node && a.told->booted - b.told->booted < absl::Minutes(1) &&
         b.told->booted - a.told->booted < absl::Minutes(1) && ShareAddress(*a.told, *b.told);
}

}  // namespace

ClusterEvidence::ClusterEvidence(const std::vector<AskedAgent>& asked) : asked_(asked) {
  AddMembers();
  AddSessions();
}

void ClusterEvidence::AddMembers() {
  for (const AskedAgent& agent : asked_)
    if (agent.node.ok() && agent.age <= kOldestPoll)
      members_.push_back({&agent, &*agent.node, agent.node->node.empty() ? agent.address : agent.node->node});
  std::stable_sort(members_.begin(), members_.end(), [](const Member& a, const Member& b) {
    return std::tie(a.name, a.agent->age) < std::tie(b.name, b.agent->age);
  });
  members_.erase(std::unique(members_.begin(), members_.end(), IsSameNode), members_.end());
  for (const Member& member : members_) {
    all_addresses_told_ &= member.told->own_addresses.has_value() && member.told->more_own_addresses == 0;
    if (!member.told->own_addresses) continue;
    for (const ToldAddress& own : *member.told->own_addresses) {
      const auto [row, is_new] = owners_.try_emplace(own.address, &member);
      if (!is_new && row->second != &member) row->second = nullptr;
    }
  }
}

const Member* ClusterEvidence::OwnerOf(const IpAddress& address) const {
  const auto row = owners_.find(address);
  return row == owners_.end() ? nullptr : row->second;
}

bool ClusterEvidence::IsNobodys(const IpAddress& address) const {
  return all_addresses_told_ && !owners_.contains(address);
}

const ToldSession* ClusterEvidence::BackOf(const SessionEnds& ends) const {
  const auto before = [](const SessionEnds& some, const std::pair<const Member*, const Member*>& places) {
    return std::pair(some.here, some.there) < places;
  };
  const std::pair mirrored(ends.there, ends.here);
  const ToldSession &session = *ends.session, *back = nullptr;
  for (auto at = std::lower_bound(sessions_.begin(), sessions_.end(), mirrored, before);
       at != sessions_.end() && std::pair(at->here, at->there) == mirrored; ++at) {
    const ToldSession& other = *at->session;
    if (other.family != session.family) continue;
    // With several addresses a node may have several sessions: the one that mirrors this one is meant.
    if (back == nullptr || other.peer == session.local || other.local == session.peer) back = &other;
  }
  return back;
}

// Ordered by both ends, so that each finds its other end quickly: of a mesh of a thousand nodes there are a million.
void ClusterEvidence::AddSessions() {
  for (const Member& here : members_)
    for (const ToldSession& session : here.told->sessions) {
      const Member* there = session.peer ? OwnerOf(*session.peer) : nullptr;
      if (there != nullptr && there != &here) sessions_.push_back({&here, there, &session, nullptr});
    }
  std::stable_sort(sessions_.begin(), sessions_.end(), [](const SessionEnds& a, const SessionEnds& b) {
    return std::pair(a.here, a.there) < std::pair(b.here, b.there);
  });
  for (SessionEnds& ends : sessions_) ends.back = BackOf(ends);
}

bool Lacks(const NodeDocument& node, const IpAddress& address) {
  return node.own_addresses && node.more_own_addresses == 0 &&
         std::none_of(node.own_addresses->begin(), node.own_addresses->end(),
                      [&](const ToldAddress& own) { return own.address == address; });
}

std::string NodeAddressesText(const NodeDocument& node) {
  std::vector<std::string> texts;
  for (const Family family : kFamilies)
    if (node.address[family]) texts.push_back(node.address[family]->ToString());
  return texts.empty() ? "an unknown address" : absl::StrJoin(texts, ", ");
}

std::string NamesText(const std::vector<std::string>& names, size_t most) {
  if (names.size() <= most) {
    if (names.size() < 2) return names.empty() ? "" : names.front();
    const std::vector<std::string> before(names.begin(), names.end() - 1);
    return absl::StrCat(absl::StrJoin(before, ", "), " and ", names.back());
  }
  const std::vector<std::string> first(names.begin(), names.begin() + static_cast<ptrdiff_t>(most));
  return absl::StrCat(absl::StrJoin(first, ", "), " and ", names.size() - most, " more");
}

std::string LastedText(absl::Duration lasted) {
  const auto text = [](int64_t count, absl::string_view unit) {
    return absl::StrCat("for ", count, " ", unit, count == 1 ? "" : "s");
  };
  if (lasted < absl::Minutes(2)) return text(absl::ToInt64Seconds(lasted), "second");
  if (lasted < absl::Hours(2)) return text(absl::ToInt64Minutes(lasted), "minute");
  return text(absl::ToInt64Hours(lasted), "hour");
}

}  // namespace caliwatch
