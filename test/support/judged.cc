// SPDX-License-Identifier: Apache-2.0
#include "test/support/judged.h"

#include <utility>

#include <absl/strings/str_cat.h>

#include "lib/analysis/findings/check.h"

namespace caliwatch {
namespace {

FindingText TextOf(const Finding& finding) {
  FindingText text{SubjectText(finding), finding.detail, finding.remedy, {}, finding.impact};
  for (const Thing& thing : finding.related) text.related.push_back(ThingText(thing));
  return text;
}

JudgedTexts TextsOf(const Judgement& judgement) {
  if (!judgement.ok()) return judgement.status();
  std::vector<FindingText> texts;
  for (const Finding& finding : *judgement) texts.push_back(TextOf(finding));
  return texts;
}

}  // namespace

JudgedTexts JudgeBy(absl::string_view name, const Snapshot& node, Recollection before) {
  const Derived derived = Derive(node);
  const PerFamily<BirdView> birds = ViewBirds(node);
  for (const BirdView& seen : birds) {
    BirdRecollection& bird = before.birds[seen.family];
    if (bird.table == &BirdRecollection::NotAsked()) bird.table = &node.birds[seen.family].routes;
    TakeBirdTable(seen, std::exchange(bird.missing_routes, {}), bird);
  }
  for (const Check& check : AllChecks())
    if (check.info.name == name) return TextsOf(check.run({node, birds, derived, before}));
  return absl::NotFoundError(absl::StrCat("there is no check '", name, "'"));
}

}  // namespace caliwatch
