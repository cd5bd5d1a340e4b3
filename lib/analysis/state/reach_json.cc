// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/state/reach_json.h"

#include <array>
#include <limits>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>

#include <absl/strings/str_cat.h>
#include <nlohmann/json.hpp>

#include "lib/analysis/state/state_json.h"

namespace caliwatch {
namespace {

using Json = nlohmann::json;

template <class Word, size_t count>
Word WordFrom(const Json& json, const std::array<Word, count>& words) {
  const auto text = json.get<std::string>();
  for (const Word word : words)
    if (ToString(word) == absl::string_view(text)) return word;
  throw std::invalid_argument(absl::StrCat("'", text.substr(0, 80), "' is not known"));
}

uint32_t SmallFrom(const Json& json) {
  return static_cast<uint32_t>(WholeFrom(json, 0, std::numeric_limits<uint32_t>::max()));
}

Json TrialJson(const UnreachedNode& node) {
  if (!node.trial) return {};
  return {CountJson(node.trial->damaged_there), CountJson(node.trial->damaged_here),
          node.trial->received_there ? CountJson(*node.trial->received_there) : Json(), node.trials};
}

// Null: there is none; a state of before has no such key.
void TakeTrial(const Json& row, UnreachedNode& node) {
  const auto found = row.find("trial");
  if (found == row.end() || found->is_null()) return;
  node.trial = {.damaged_there = CountFrom(found->at(0)), .damaged_here = CountFrom(found->at(1))};
  if (const Json& received = found->at(2); !received.is_null()) node.trial->received_there = CountFrom(received);
  node.trials = SmallFrom(found->at(3));
}

UnreachedNode UnreachedFrom(const Json& row) {
  UnreachedNode node{.address = PrefixFrom(row.at("address").get<std::string>()).address};
  if (const Json& address = row.at("tunnel_address"); !address.is_null())
    node.tunnel_address = PrefixFrom(address.get<std::string>()).address;
  node.tunnel = row.at("tunnel").get<std::string>();
  node.path = row.at("overlay").get<bool>() ? ProbePath::kOverlay : ProbePath::kNode;
  node.result = WordFrom(row.at("result"), kProbeResults);
  node.large_arrived = row.at("large_arrived").get<bool>();
  TakeTrial(row, node);
  node.name = row.at("name").get<std::string>();
  node.instead = row.at("instead").get<std::string>();
  node.disowns = row.at("disowns").get<bool>();
  node.rounds = SmallFrom(row.at("rounds"));
  node.since = DurationFrom(row.at("since"));
  node.judged = DurationFrom(row.at("judged"));
  node.others_asked = SmallFrom(row.at("others").at(0));
  node.others_reached = SmallFrom(row.at("others").at(1));
  return node;
}

}  // namespace

Json JsonOf(const std::vector<UnreachedNode>& nodes) {
  Json json = Json::array();
  for (const UnreachedNode& node : nodes)
    json.push_back({{"address", node.address.ToString()},
                    {"tunnel_address", node.tunnel_address ? Json(node.tunnel_address->ToString()) : Json()},
                    {"tunnel", node.tunnel},
                    // No word: "node" is a part of nodes' names, which an anonymized recording must not hold.
                    {"overlay", node.path == ProbePath::kOverlay},
                    {"result", std::string(ToString(node.result))},
                    {"large_arrived", node.large_arrived},
                    {"trial", TrialJson(node)},
                    {"name", node.name},
                    {"instead", node.instead},
                    {"disowns", node.disowns},
                    {"rounds", node.rounds},
                    {"since", JsonOf(node.since)},
                    {"judged", JsonOf(node.judged)},
                    {"others", {node.others_asked, node.others_reached}}});
  return json;
}

std::vector<UnreachedNode> UnreachedNodesFrom(const Json& json) {
  std::vector<UnreachedNode> nodes;
  std::set<std::pair<IpAddress, ProbePath>> ways;
  for (const Json& row : json) {
    UnreachedNode& node = nodes.emplace_back(UnreachedFrom(row));
    if (!ways.emplace(node.address, node.path).second)
      throw std::invalid_argument("a node is twice among those that are not reached");
  }
  return nodes;
}

}  // namespace caliwatch
