// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a check finds: typed, so that nothing about it is read out of a text. The texts are made here and nowhere else.

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <absl/time/time.h>

#include "lib/model/prefix.h"

namespace caliwatch {

// A name of one kind: it is never taken for one of another.
template <class Kind>
struct Named {
  std::string name;

  auto operator<=>(const Named&) const = default;
};
using InterfaceName = Named<struct InterfaceKind>;
using PodName = Named<struct PodKind>;            // "default/web-1", or its address where nobody names it
using ProtocolName = Named<struct ProtocolKind>;  // of BIRD: "Mesh_10_39_1_219"

// What a whole family of the node shares.
enum class FamilyWide : uint8_t { kBird, kForwarding, kNeighborTable, kWorkloadRoutes };

// What the node has one of.
enum class NodeWide : uint8_t { kNode, kFelix, kEndpointFiles, kCalicoFolders };

using Thing = std::variant<IpAddress, Prefix, InterfaceName, PodName, ProtocolName, FamilyWide, NodeWide>;

// A line for a shell, with the values of this node and this poll in it.
struct Command {
  std::string line;
  bool changes = false;    // something, if only a process that is started anew; false: it looks
  std::string where = {};  // the machine to type it on, as a person calls it; empty: this node, and of kubectl's or
                           // calicoctl's wherever that is set up

  bool operator==(const Command&) const = default;
};

struct Finding {
  Thing subject;                 // unique within its check, together with the family
  std::optional<Family> family;  // that it concerns; absent where it concerns both
  std::string detail;            // what is wrong with it, in words
  std::string remedy = {};       // what to do about this one; empty: the check's remedy
  // What else it is about: by these, findings of one cause find each other; see correlation.h.
  std::vector<Thing> related = {};
  // For how long it is known to have lasted: then that counts, and not since when polls have found it.
  std::optional<absl::Duration> lasted = {};
  std::string impact = {};  // what this one breaks, in a sentence; empty: what the check says
  bool is_peer = false;     // the subject is what a BGP peer is called, here or by others: the label `peer`
  // What to type about this one; empty: what the check has for all, CommandsFor in check.h.
  std::vector<Command> commands = {};
  std::string who =
      {};  // whom it is about, as a person would say: "Pod default/web-1 (192.168.5.1)"; empty: the subject

  bool operator==(const Finding&) const = default;
};

// The family of a thing that has one by itself: an address, a prefix.
std::optional<Family> FamilyOf(const Thing& thing);

// "10.39.1.12", "192.168.5.0/26", "cali12ab34cd56e", "default/web-1", "Mesh_10_39_1_219", "Felix".
std::string ThingText(const Thing& thing, std::optional<Family> family = std::nullopt);
// The same, and with its family where that belongs to it: "BIRD ipv6", "all IPv4", "IPv6", "default/web-1 ipv4".
std::string SubjectText(const Finding& finding);

// One finding among all, from poll to poll and from one process to the next.
struct FindingId {
  std::string check;
  std::string subject;  // SubjectText()

  auto operator<=>(const FindingId&) const = default;
};

// Makes names of what they are names of, for Finding::related.
std::vector<Thing> ThingsOf(const std::vector<IpAddress>& addresses);
std::vector<Thing> InterfacesOf(const std::vector<std::string>& names);

}  // namespace caliwatch
