// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/findings/finding_history.h"

#include <deque>
#include <string>
#include <utility>
#include <vector>

#include <absl/strings/str_format.h>
#include <absl/strings/str_split.h>

#include "test/support/catch.h"
#include "test/support/healthy_node.h"

namespace caliwatch {
namespace {

constexpr char kSees[] = "sees_what_the_node_is_called";

// Finds one thing for each letter of the node's name; cannot judge a node without one.
Judgement Letters(const Evidence& evidence) {
  if (!evidence.now.node_name.ok()) return evidence.now.node_name.status();
  std::vector<Finding> findings;
  for (const char letter : *evidence.now.node_name)
    findings.push_back({InterfaceName{std::string(1, letter)}, std::nullopt, std::string("it says ") + letter});
  return findings;
}
const Check kLetters{{.name = kSees, .summary = "", .impact = "", .meaning = "", .remedy = ""}, JudgeNode(Letters)};

std::vector<Verdict> JudgeAll(FindingHistory& history, std::vector<Check> given, const Snapshot& node) {
  static std::deque<std::vector<Check>> alive;  // a verdict points to its check
  const std::vector<Check>& checks = alive.emplace_back(std::move(given));
  const PerFamily<BirdView> birds = ViewBirds(node);
  const Derived derived = Derive(node);
  const Recollection before;
  return history.JudgeAll(checks, {node, birds, derived, before}, std::nullopt);
}

Verdict Judge(FindingHistory& history, const Check& check, const Snapshot& node) {
  return JudgeAll(history, {check}, node).front();
}

// Poll `number`, five seconds after the one before.
Snapshot Named(const std::string& name, int number) {
  Snapshot node = HealthyNode();
  LetPass(number * absl::Seconds(5), node);
  node.node_name = name;
  return node;
}

TEST_CASE("a finding that is over is kept with its time, the newest first") {
  FindingHistory history;
  int number = 0;
  for (const char* name : {"ab", "ab", "b", "b", ""}) Judge(history, kLetters, Named(name, number++));
  REQUIRE(history.past().size() == 2);
  CHECK(history.past()[0].subject == "b");
  CHECK(history.past()[1].subject == "a");
  CHECK(history.past()[1].detail == "it says a");
  CHECK(history.past()[1].since == Named("", 0).taken_at);
  CHECK(history.past()[1].until == Named("", 2).taken_at);
}

// Finds one thing as long as the node has a name: what it says, and what to do, is the name's first letter.
Judgement FirstLetter(const Evidence& evidence) {
  if (evidence.now.node_name->empty()) return std::vector<Finding>{};
  const std::string letter(1, evidence.now.node_name->front());
  return std::vector<Finding>{{InterfaceName{"it"}, std::nullopt, *evidence.now.node_name, letter}};
}

TEST_CASE("a past finding is remembered by the cause that held longest, not by the one that ended it") {
  const Check first_letter{{.name = kSees, .summary = "", .impact = "", .meaning = "", .remedy = ""},
                           JudgeNode(FirstLetter)};
  FindingHistory history;
  int number = 0;
  for (const char* name : {"x", "a1", "a2", "a3", "b1", ""}) Judge(history, first_letter, Named(name, number++));
  REQUIRE(history.past().size() == 1);
  CHECK(history.past()[0].detail == "a3");
}

TEST_CASE("of very many causes the longest are remembered") {
  const Check first_letter{{.name = kSees, .summary = "", .impact = "", .meaning = "", .remedy = ""},
                           JudgeNode(FirstLetter)};
  FindingHistory history;
  int number = 0;
  for (const char* name : {"!", "!", "!"}) Judge(history, first_letter, Named(name, number++));
  for (char letter = 'a'; letter <= 'z'; ++letter)
    Judge(history, first_letter, Named(std::string(1, letter), number++));
  Judge(history, first_letter, Named("", number++));
  REQUIRE(history.past().size() == 1);
  CHECK(history.past()[0].detail == "!");
}

TEST_CASE("what never held is no past finding, and what cannot be judged is not over") {
  FindingHistory history;
  Judge(history, kLetters, Named("a", 0));
  Judge(history, kLetters, Named("", 1));
  CHECK(history.past().empty());

  for (int number = 2; number < 4; ++number) Judge(history, kLetters, Named("b", number));
  Snapshot unread = Named("", 4);
  unread.node_name = absl::UnavailableError("not read");
  Judge(history, kLetters, unread);
  CHECK(history.past().empty());
}

TEST_CASE("fifty past findings are kept and no more") {
  FindingHistory history;
  for (int number = 0; number < 240; ++number)
    Judge(history, kLetters,
          Named(std::string(1, static_cast<char>('a' + number / 4)) + (number % 4 < 2 ? "" : "-"), number));
  CHECK(history.past().size() == 50);
  CHECK(history.past().front().until > history.past().back().until);
}

TEST_CASE("what followed from another finding is not among the past ones") {
  Check cause = kLetters, effect = kLetters;
  cause.info.name = "the_cause";
  effect.info.causes = {{"the_cause"}};
  FindingHistory history;
  for (int number = 0; number < 2; ++number) JudgeAll(history, {cause, effect}, Named("a", number));
  JudgeAll(history, {cause, effect}, Named("", 2));
  REQUIRE(history.past().size() == 1);
  CHECK(history.past().front().check->name == "the_cause");
}

TEST_CASE("an effect keeps its cause for a moment after that is over") {
  Check cause = kLetters, effect = kLetters;
  cause.info.name = "the_cause";
  cause.run = [](const Evidence& evidence) -> Judgement {
    return evidence.now.node_name->size() == 1 ? Letters(evidence) : std::vector<Finding>();
  };
  effect.info.causes = {{"the_cause"}};
  FindingHistory history;
  for (int number = 0; number < 2; ++number) JudgeAll(history, {cause, effect}, Named("a", number));
  const auto cause_at = [&](int number) {
    return JudgeAll(history, {cause, effect}, Named("ab", number))[1].findings.front().cause;
  };
  CHECK(cause_at(2) == FindingId{"the_cause", "a"});
  CHECK(cause_at(3) == std::nullopt);
}

TEST_CASE("a process that ends leaves the next one since when findings hold") {
  const std::string real(AllCheckInfos().front()->name);
  FindingHistory before;
  Check check = kLetters;
  check.info.name = AllCheckInfos().front()->name;
  for (int number = 0; number < 2; ++number) Judge(before, check, Named("a", number));
  REQUIRE(before.Open() == OpenSince{{{real, "a"}, Named("", 0).taken_at}});

  FindingHistory after(before.Open());
  CHECK(Judge(after, check, Named("a", 5)).findings.empty());
  CHECK(after.Open() == before.Open());  // it may end before it saw the finding hold
  const Verdict again = Judge(after, check, Named("ab", 6));
  REQUIRE(again.findings.size() == 1);
  CHECK(again.findings.front().since == Named("", 0).taken_at);
}

TEST_CASE("of each check, the first twenty open findings are remembered") {
  FindingHistory history;
  for (int number = 0; number < 2; ++number) Judge(history, kLetters, Named("abcdefghijklmnopqrstuvwxyz", number));
  CHECK(history.Open().size() == kRememberedFindings);
}

// Finds one thing that the node's MTU says has lasted for so many seconds; 0: nobody knows.
Judgement Lasting(const Evidence& evidence) {
  const uint32_t seconds = evidence.now.calico_mtu->bytes;
  Finding finding{InterfaceName{"a"}, std::nullopt, "it lasts"};
  if (seconds != 0) finding.lasted = absl::Seconds(seconds);
  return std::vector<Finding>{finding};
}

std::vector<OpenFinding> OpenAfter(FindingHistory& history, std::optional<int> polls_to_hold, uint32_t seconds,
                                   int number) {
  static const std::vector<Check> checks = {{{.name = kSees,
                                              .summary = "",
                                              .impact = "",
                                              .meaning = "",
                                              .remedy = "",
                                              .polls_to_hold = 1,
                                              .time_to_hold = absl::Seconds(30)},
                                             JudgeNode(Lasting)}};
  Snapshot node = Named("a", number);
  node.calico_mtu = CalicoMtu{seconds};
  const PerFamily<BirdView> birds = ViewBirds(node);
  const Derived derived = Derive(node);
  const Recollection before;
  return history.JudgeAll(checks, {node, birds, derived, before}, polls_to_hold).front().findings;
}

TEST_CASE("what is known to have lasted long enough counts at once, since then") {
  FindingHistory history;
  CHECK(OpenAfter(history, std::nullopt, 29, 0).empty());
  const std::vector<OpenFinding> open = OpenAfter(history, std::nullopt, 34, 1);
  REQUIRE(open.size() == 1);
  CHECK(open.front().since == Named("a", 1).taken_at - absl::Seconds(34));
}

TEST_CASE("what is made of ever new things does not count, however long polls have found it") {
  FindingHistory history;
  for (int number = 0; number < 20; ++number) CHECK(OpenAfter(history, std::nullopt, 5, number).empty());
}

TEST_CASE("who polls only twice believes in what nobody has seen before, not in what has just begun") {
  FindingHistory unseen, begun;
  CHECK(OpenAfter(unseen, 2, 0, 0).empty());
  CHECK(OpenAfter(unseen, 2, 0, 1).size() == 1);
  OpenAfter(begun, 2, 1, 0);
  CHECK(OpenAfter(begun, 2, 6, 1).empty());
  CHECK(OpenAfter(begun, 2, 31, 2).size() == 1);
}

// Finds as many things as the node's name says, from which to which: "0-300".
Judgement Many(const Evidence& evidence) {
  const std::vector<std::string> ends = absl::StrSplit(*evidence.now.node_name, '-');
  std::vector<Finding> findings;
  for (int i = std::stoi(ends[0]); i < std::stoi(ends[1]); ++i)
    findings.push_back({InterfaceName{absl::StrFormat("cali%04d", i)}, std::nullopt, "it is wrong"});
  return findings;
}
const Check kMany{{.name = kSees, .summary = "", .impact = "", .meaning = "", .remedy = ""}, JudgeNode(Many)};

TEST_CASE("of very many findings the first hundred are listed, and all are counted") {
  FindingHistory history;
  Judge(history, kMany, Named("0-300", 0));
  const Verdict verdict = Judge(history, kMany, Named("0-300", 1));
  CHECK(verdict.findings.size() == kListedFindings);
  CHECK(verdict.findings.front().subject == "cali0000");
  CHECK(verdict.findings.back().subject == "cali0099");
  CHECK(verdict.RootCauses() == 300);
  CHECK(verdict.begun == 300);
  CHECK(Judge(history, kMany, Named("0-300", 2)).begun == 0);
}

TEST_CASE("a finding that was not listed has lasted since it was first seen, and is not new once there is room") {
  FindingHistory history;
  for (int number = 0; number < 2; ++number) Judge(history, kMany, Named("0-300", number));
  const Verdict verdict = Judge(history, kMany, Named("250-300", 2));
  REQUIRE(verdict.findings.size() == 50);
  CHECK(verdict.RootCauses() == 50);
  CHECK(verdict.findings.front().since == Named("", 0).taken_at);
  CHECK_FALSE(verdict.findings.front().is_new);
  CHECK(verdict.over_count == 250);
  CHECK(verdict.over.size() == kListedFindings);
  CHECK(verdict.over.front().subject == "cali0000");
  CHECK(verdict.over.front().finding.detail == "it is wrong");
}

TEST_CASE("a cause tells how many findings follow from it, listed or not") {
  Check cause = kMany, effect = kMany;
  cause.info.name = "the_cause";
  cause.run = [](const Evidence& evidence) -> Judgement {
    std::vector<Finding> found = *Many(evidence);
    Finding one{InterfaceName{"tunl0"}, std::nullopt, "it is down"};
    for (const Finding& each : found) one.related.push_back(each.subject);
    return std::vector<Finding>{one};
  };
  effect.info.causes = {{"the_cause"}};
  FindingHistory history;
  JudgeAll(history, {cause, effect}, Named("0-300", 0));
  const std::vector<Verdict> verdicts = JudgeAll(history, {cause, effect}, Named("0-300", 1));
  CHECK(verdicts[0].findings.front().effects == 300);
  CHECK(verdicts[1].findings.size() == kListedFindings);
  CHECK(verdicts[1].unlisted_effects == 200);
  CHECK(verdicts[1].RootCauses() == 0);
}

// As kLetters, of what must last for half a minute.
const Check kLasting{
    {.name = kSees, .summary = "", .impact = "", .meaning = "", .remedy = "", .time_to_hold = absl::Seconds(30)},
    JudgeNode(Letters)};

TEST_CASE("a clock that is set makes no finding hold earlier or later, and leaves its age as it is") {
  for (const absl::Duration step : {absl::Hours(9), -absl::Hours(9)}) {
    FindingHistory history;
    Judge(history, kLasting, Named("a", 0));
    for (int number = 1; number < 8; ++number) {
      Snapshot node = Named("a", number);
      node.taken_at += step;
      const Verdict verdict = Judge(history, kLasting, node);
      REQUIRE(verdict.findings.size() == (number < 6 ? 0 : 1));
      if (number >= 6) CHECK(node.taken_at - verdict.findings.front().since == number * absl::Seconds(5));
    }
    Snapshot over = Named("", 8);
    over.taken_at += step;
    Judge(history, kLasting, over);
    REQUIRE(history.past().size() == 1);
    CHECK(history.past().front().until - history.past().front().since == absl::Seconds(40));
  }
}

TEST_CASE("a finding of the process before has not lasted for longer than the machine") {
  const std::string real(AllCheckInfos().front()->name);
  FindingHistory history(OpenSince{{{real, "a"}, Named("", 0).taken_at - absl::Hours(24 * 365)}});
  Check check = kLasting;
  check.info.name = AllCheckInfos().front()->name;
  Judge(history, check, Named("a", 1));
  Judge(history, check, Named("a", 2));
  CHECK(Judge(history, check, Named("a", 3)).findings.empty());
}

}  // namespace
}  // namespace caliwatch
