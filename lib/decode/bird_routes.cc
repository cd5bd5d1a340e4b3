// SPDX-License-Identifier: Apache-2.0
// `show route`, with or without `all`. BIRD 1.x puts a single next hop into the route's line, 2.x and later below it;
// several stand below it in all. The lines of codes 1008 and 1012 (kind and attributes) are passed over.

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/strings/ascii.h>
#include <absl/strings/match.h>
#include <absl/strings/numbers.h>
#include <absl/strings/string_view.h>

#include "lib/decode/bird_address.h"
#include "lib/decode/bird_answers.h"
#include "lib/decode/bird_lines.h"
#include "lib/decode/bird_time.h"

namespace caliwatch {
namespace {

constexpr int kRouteCode = 1007;
constexpr int kOverflowCode = 8000;  // in place of a line that was too long for BIRD to print

// "via 10.39.1.36 on eth0 weight 1" or "dev eth0".
std::optional<BirdNextHop> NextHopFrom(absl::string_view text) {
  const absl::string_view kind = TakeWord(text);
  BirdNextHop next_hop;
  if (kind == "via") {
    next_hop.gateway = BirdAddressFrom(TakeWord(text));
    if (!next_hop.gateway) return std::nullopt;
    if (TakeWord(text) == "on") next_hop.interface = std::string(TakeWord(text));
    return next_hop;
  }
  if (kind != "dev") return std::nullopt;
  next_hop.interface = std::string(TakeWord(text));
  return next_hop;
}

BirdRouteType RouteTypeFrom(absl::string_view word) {
  if (word == "blackhole") return BirdRouteType::kBlackhole;
  if (word == "unreachable") return BirdRouteType::kUnreachable;
  if (absl::StartsWith(word, "prohibit")) return BirdRouteType::kProhibit;
  return BirdRouteType::kUnicast;
}

// What stands in the brackets: "Mesh_10_39_1_36 23:28:25 from 10.39.1.7".
void ReadOrigin(absl::string_view origin, const BirdClock& clock, BirdRoute& route) {
  constexpr absl::string_view kFrom = " from ";
  route.protocol = std::string(TakeWord(origin));
  const size_t from = std::min(origin.rfind(kFrom), origin.size());
  if (from < origin.size()) route.learned_from = BirdAddressFrom(origin.substr(from + kFrom.size()));
  if (const std::optional<BirdAge> age = BirdAgeFrom(origin.substr(0, from), clock)) route.age = age->age;
}

// Of what stands behind: " * (100/0) [AS65001i]", or "[i]" within one AS.
uint32_t OriginAsFrom(absl::string_view tail) {
  constexpr absl::string_view kAs = " [AS";
  const size_t at = tail.rfind(kAs);
  if (at == absl::string_view::npos) return 0;
  absl::string_view number = tail.substr(at + kAs.size());
  number = number.substr(0, number.find_first_not_of("0123456789"));
  uint32_t as = 0;
  return absl::SimpleAtoi(number, &as) ? as : 0;
}

class RoutesReader {
 public:
  explicit RoutesReader(const BirdClock& clock) : clock_(clock) {}

  void Read(const BirdLine& line) {
    if (line.code == kOverflowCode) Forget();
    if (line.code != kRouteCode) return;
    if (!line.text.empty() && line.text.front() == '\t') {
      ReadNextHop(line.text);
      return;
    }
    const size_t origin = line.text.find(" [");
    const size_t origin_end = line.text.find(']', std::min(origin, line.text.size()));
    const bool is_route = origin_end != absl::string_view::npos;  // else a table's name or a count
    has_route_ =
        is_route && ReadRoute(line.text.substr(0, origin), line.text.substr(origin + 2, origin_end - origin - 2),
                              line.text.substr(origin_end + 1));
  }

  std::vector<BirdRoute> Take() { return std::move(routes_); }

 private:
  // False when its network is none of IP's. An alternative route leaves the network blank.
  bool ReadRoute(absl::string_view head, absl::string_view origin, absl::string_view tail) {
    if (!absl::StartsWith(head, " ")) {
      const absl::StatusOr<Prefix> prefix = Prefix::Parse(TakeWord(head));
      network_ = prefix.ok() ? std::optional<Prefix>(*prefix) : std::nullopt;
    }
    if (!network_) return false;
    BirdRoute& route = routes_.emplace_back();
    route.destination = *network_;
    head = absl::StripAsciiWhitespace(head);
    route.type = RouteTypeFrom(head);
    if (std::optional<BirdNextHop> next_hop = NextHopFrom(head)) route.next_hops.push_back(std::move(*next_hop));
    ReadOrigin(origin, clock_, route);
    route.origin_as = OriginAsFrom(tail);
    route.kernel_refused = absl::StartsWith(tail, " !");
    route.best = route.kernel_refused || absl::StartsWith(tail, " *");
    return true;
  }

  void Forget() {
    network_.reset();
    has_route_ = false;
  }

  void ReadNextHop(absl::string_view text) {
    if (!has_route_) return;
    if (std::optional<BirdNextHop> next_hop = NextHopFrom(text))
      routes_.back().next_hops.push_back(std::move(*next_hop));
  }

  const BirdClock& clock_;
  std::vector<BirdRoute> routes_;
  std::optional<Prefix> network_;
  bool has_route_ = false;  // the last route line is in `routes_`
};

}  // namespace

absl::StatusOr<std::vector<BirdRoute>> BirdRoutesFrom(absl::string_view show_route, const BirdClock& clock) {
  RoutesReader reader(clock);
  const absl::Status status = ForEachBirdLine(show_route, kRouteCode, [&](const BirdLine& line) {
    reader.Read(line);
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return reader.Take();
}

}  // namespace caliwatch
