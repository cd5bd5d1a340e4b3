// SPDX-License-Identifier: Apache-2.0
#include "test/support/judged.h"

#include <utility>

#include <absl/functional/function_ref.h>
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

// Calls `use` with the check of that name and what it would be given; false: there is none.
bool WithCheck(absl::string_view name, const Snapshot& node, Recollection before,
               absl::FunctionRef<void(const Check&, const Evidence&)> use) {
  const Derived derived = Derive(node);
  const PerFamily<BirdView> birds = ViewBirds(node);
  for (const BirdView& seen : birds) {
    BirdRecollection& bird = before.birds[seen.family];
    if (bird.table == &BirdRecollection::NotAsked()) bird.table = &node.birds[seen.family].routes;
    UnprogrammedRoutesOfAnswer nothing;
    TakeBirdTable(seen, std::exchange(bird.missing_routes, {}), nothing, bird);
  }
  for (const Check& check : AllChecks())
    if (check.info.name == name) {
      use(check, {node, birds, derived, before});
      return true;
    }
  return false;
}

void AddLines(const Check& check, const Finding& finding, const Evidence& evidence, std::vector<std::string>& lines) {
  const bool asked = finding.commands.empty() && check.commands != nullptr;
  for (const Command& command : asked ? check.commands(finding, evidence) : finding.commands)
    lines.push_back(LineText(command));
}

}  // namespace

JudgedTexts JudgeBy(absl::string_view name, const Snapshot& node, Recollection before) {
  JudgedTexts texts = absl::NotFoundError(absl::StrCat("there is no check '", name, "'"));
  WithCheck(name, node, std::move(before),
            [&](const Check& check, const Evidence& evidence) { texts = TextsOf(check.run(evidence)); });
  return texts;
}

std::vector<std::string> LinesBy(absl::string_view name, const Snapshot& node, Recollection before) {
  std::vector<std::string> lines;
  WithCheck(name, node, std::move(before), [&](const Check& check, const Evidence& evidence) {
    if (const Judgement judgement = check.run(evidence); judgement.ok())
      for (const Finding& finding : *judgement) AddLines(check, finding, evidence, lines);
  });
  return lines;
}

std::vector<std::string> LinesFor(absl::string_view name, const Finding& finding, const Snapshot& node) {
  std::vector<std::string> lines;
  WithCheck(name, node, {},
            [&](const Check& check, const Evidence& evidence) { AddLines(check, finding, evidence, lines); });
  return lines;
}

std::string LineText(const Command& command) {
  return absl::StrCat(command.line, command.changes ? " # changes" : "",
                      command.where.empty() ? "" : absl::StrCat(" # on ", command.where));
}

}  // namespace caliwatch
