// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/findings/correlation.h"

#include <map>
#include <optional>
#include <utility>

#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>

namespace caliwatch {
namespace {

struct Node {
  const CheckInfo* check;
  OpenFinding* open;
  const Node* first_cause = nullptr;  // once it is known
  bool is_known = false;

  const Finding& finding() const { return open->finding; }
};

// A thing as findings meet in it: what a whole family shares is another thing in each family.
using Meeting = std::pair<Thing, std::optional<Family>>;

Meeting MeetingIn(const Thing& thing, const Finding& finding) {
  const bool wide = std::holds_alternative<FamilyWide>(thing);
  return {thing, wide ? finding.family : std::nullopt};
}

std::optional<Family> FamilyOf(const Finding& finding) {
  return finding.family ? finding.family : FamilyOf(finding.subject);
}

// The checks that those which found something name as their causes.
absl::flat_hash_set<absl::string_view> AskedFor(const std::vector<Verdict>& verdicts) {
  absl::flat_hash_set<absl::string_view> checks;
  for (const Verdict& verdict : verdicts)
    if (!verdict.findings.empty())
      for (const Cause& cause : verdict.check->causes) checks.insert(cause.check);
  return checks;
}

// Finds causes among the findings of the checks `asked_for`. A broken node may have thousands of findings: none is
// compared with every other, and most of them are nobody's cause.
class Causes {
 public:
  Causes(std::vector<Node>& nodes, const absl::flat_hash_set<absl::string_view>& asked_for) {
    for (Node& node : nodes) {
      if (!asked_for.contains(node.check->name)) continue;
      const Finding& finding = node.finding();
      if (const auto family = FamilyOf(finding)) by_family_.try_emplace({node.check->name, *family}, &node);
      by_subject_.try_emplace({node.check->name, node.open->subject}, &node);
      by_thing_.try_emplace({node.check->name, MeetingIn(finding.subject, finding)}, &node);
      for (const Thing& thing : finding.related)
        by_thing_.try_emplace({node.check->name, MeetingIn(thing, finding)}, &node);
    }
  }

  // The first of the chain that leads to `effect`; null: it has no cause. The checks' lists hold no circle, so that it
  // ends, after no more steps than there are checks. One cause may have thousands of effects and as many things that
  // lead to it: its own cause is looked for once.
  const Node* FirstCauseOf(Node& effect) const {
    if (effect.is_known) return effect.first_cause;
    Node* cause = CauseOf(effect);
    const Node* further = cause != nullptr ? FirstCauseOf(*cause) : nullptr;
    effect.first_cause = further != nullptr ? further : cause;
    effect.is_known = true;
    return effect.first_cause;
  }

 private:
  template <class Index>
  static Node* Find(const Index& index, const typename Index::key_type& key) {
    const auto found = index.find(key);
    return found != index.end() ? found->second : nullptr;
  }

  Node* ByThing(absl::string_view check, const Finding& effect) const {
    Node* cause = Find(by_thing_, {check, MeetingIn(effect.subject, effect)});
    for (const Thing& thing : effect.related)
      if (cause == nullptr) cause = Find(by_thing_, {check, MeetingIn(thing, effect)});
    return cause;
  }

  Node* ByFamily(absl::string_view check, const Finding& effect) const {
    const std::optional<Family> family = FamilyOf(effect);
    return family ? Find(by_family_, {check, *family}) : nullptr;
  }

  // One with the same subject goes before any other.
  Node* CauseOf(const Node& effect) const {
    Node* first = nullptr;
    for (const Cause& cause : effect.check->causes) {
      if (Node* same = Find(by_subject_, {cause.check, effect.open->subject})) return same;
      if (first == nullptr)
        first = cause.tie == Tie::kSameFamily ? ByFamily(cause.check, effect.finding())
                                              : ByThing(cause.check, effect.finding());
    }
    return first;
  }

  absl::flat_hash_map<std::pair<absl::string_view, Family>, Node*> by_family_;
  absl::flat_hash_map<std::pair<absl::string_view, absl::string_view>, Node*> by_subject_;
  std::map<std::pair<absl::string_view, Meeting>, Node*> by_thing_;  // Debian's abseil hashes no std::variant
};

}  // namespace

void Correlate(std::vector<Verdict>& verdicts) {
  std::vector<Node> nodes;
  for (Verdict& verdict : verdicts)
    for (OpenFinding& open : verdict.findings) nodes.push_back({verdict.check, &open});
  const Causes causes(nodes, AskedFor(verdicts));
  for (Node& effect : nodes)
    if (const Node* cause = causes.FirstCauseOf(effect))
      effect.open->cause = FindingId{std::string(cause->check->name), cause->open->subject};
}

}  // namespace caliwatch
