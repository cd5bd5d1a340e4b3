// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the agents of a cluster said at one look, so that one can ask whose an address is and what its owner says.

#include <cstddef>
#include <string>
#include <vector>

#include <absl/container/flat_hash_map.h>
#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include "lib/model/held_address.h"
#include "lib/model/node_document.h"

namespace caliwatch {

// One agent, and what it answered.
struct AskedAgent {
  std::string address;  // "10.0.0.1:10179", "[2001:db8::1]:10179"
  absl::StatusOr<NodeDocument> node = absl::UnknownError("never asked");
  absl::Duration age = {};  // since the poll that it tells of
  // Of its pods; NotFound: nobody asked for them.
  absl::StatusOr<std::vector<HeldAddress>> workloads = absl::NotFoundError("not asked for");
};

// A node whose last poll is older says nothing of now.
inline constexpr absl::Duration kOldestPoll = absl::Minutes(1);

// A node that answered and polls, with a name for people.
struct Member {
  const AskedAgent* agent = nullptr;
  const NodeDocument* told = nullptr;
  std::string name;
};

// One end of a session, and the member whose address it has for its peer. `back`: that member's own session with this
// one; null: it has none.
struct SessionEnds {
  const Member *here = nullptr, *there = nullptr;
  const ToldSession *session = nullptr, *back = nullptr;
};

// Refers to what was answered, which must outlive it and stay as it is.
class ClusterEvidence {
 public:
  explicit ClusterEvidence(const std::vector<AskedAgent>& asked);

  const std::vector<AskedAgent>& asked() const { return asked_; }
  // Each once, though its agent may have been asked by two addresses; ordered by name.
  const std::vector<Member>& members() const { return members_; }
  // Null: no member has it, or several do, as an address of a service that every node has.
  const Member* OwnerOf(const IpAddress& address) const;
  // No member has it, and each of them told all of its addresses. A node whose agent did not answer may have it.
  bool IsNobodys(const IpAddress& address) const;
  // Sessions between members, once from each end, ordered by the members.
  const std::vector<SessionEnds>& sessions() const { return sessions_; }

 private:
  void AddMembers();
  void AddSessions();
  const ToldSession* BackOf(const SessionEnds& ends) const;

  const std::vector<AskedAgent>& asked_;
  std::vector<Member> members_;
  absl::flat_hash_map<IpAddress, const Member*> owners_;  // null: several
  bool all_addresses_told_ = true;
  std::vector<SessionEnds> sessions_;
};

// It told all of its addresses, and this is none of them.
bool Lacks(const NodeDocument& node, const IpAddress& address);
// "10.39.1.11, fd39:1::11": that it is reached by.
std::string NodeAddressesText(const NodeDocument& node);
// "n1, n2, n3 and 37 more".
std::string NamesText(const std::vector<std::string>& names, size_t most = 3);
// "for 3 minutes", "for 2 hours".
std::string LastedText(absl::Duration lasted);

}  // namespace caliwatch
