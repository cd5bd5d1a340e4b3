// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/findings/finding_history.h"

#include "test/support/catch.h"
#include "test/support/healthy_node.h"

namespace caliwatch {
namespace {

constexpr char kSees[] = "sees_what_the_node_is_called";

// Finds one thing for each letter of the node's name; cannot judge a node without one.
const Check kLetters{.name = kSees,
                     .summary = "",
                     .impact = "",
                     .meaning = "",
                     .remedy = "",
                     .run = [](const Snapshot& node) -> Judgement {
                       if (!node.node_name.ok()) return node.node_name.status();
                       std::vector<Finding> findings;
                       for (const char letter : *node.node_name)
                         findings.push_back({std::string(1, letter), std::string("it says ") + letter});
                       return findings;
                     }};

// Poll `number`, five seconds after the one before.
Snapshot Named(const std::string& name, int number) {
  Snapshot node = HealthyNode();
  node.taken_at += number * absl::Seconds(5);
  node.node_name = name;
  return node;
}

TEST_CASE("a finding that is over is kept with its time, the newest first") {
  FindingHistory history({}, {});
  int number = 0;
  for (const char* name : {"ab", "ab", "b", "b", ""}) history.Judge(kLetters, Named(name, number++));
  REQUIRE(history.past().size() == 2);
  CHECK(history.past()[0].subject == "b");
  CHECK(history.past()[1].subject == "a");
  CHECK(history.past()[1].detail == "it says a");
  CHECK(history.past()[1].since == Named("", 0).taken_at);
  CHECK(history.past()[1].until == Named("", 2).taken_at);
}

TEST_CASE("what never held is no past finding, and what cannot be judged is not over") {
  FindingHistory history({}, {});
  history.Judge(kLetters, Named("a", 0));
  history.Judge(kLetters, Named("", 1));
  CHECK(history.past().empty());

  for (int number = 2; number < 4; ++number) history.Judge(kLetters, Named("b", number));
  Snapshot unread = Named("", 4);
  unread.node_name = absl::UnavailableError("not read");
  history.Judge(kLetters, unread);
  CHECK(history.past().empty());
}

TEST_CASE("fifty past findings are kept and no more") {
  FindingHistory history({}, {});
  for (int number = 0; number < 240; ++number)
    history.Judge(kLetters,
                  Named(std::string(1, static_cast<char>('a' + number / 4)) + (number % 4 < 2 ? "" : "-"), number));
  CHECK(history.past().size() == 50);
  CHECK(history.past().front().until > history.past().back().until);
}

TEST_CASE("what followed from another finding is not among the past ones") {
  FindingHistory history({}, {});
  for (int number = 0; number < 2; ++number) {
    std::vector<Verdict> verdicts = {history.Judge(kLetters, Named("a", number))};
    for (OpenFinding& open : verdicts.front().findings) open.explained_by = FindingId{"bird_down", "ipv4"};
    history.KeepCausesForAWhile(verdicts, Named("", number).taken_at);
  }
  history.Judge(kLetters, Named("", 2));
  CHECK(history.past().empty());
}

TEST_CASE("a process that ends leaves the next one since when findings hold") {
  const std::string real(AllChecks().front().name);
  FindingHistory before({}, {});
  Check check = kLetters;
  check.name = AllChecks().front().name;
  for (int number = 0; number < 2; ++number) before.Judge(check, Named("a", number));
  REQUIRE(before.Open() == std::map<FindingKey, absl::Time>{{{real, "a"}, Named("", 0).taken_at}});

  FindingHistory after({}, before.Open());
  CHECK(after.Judge(check, Named("a", 5)).findings.empty());
  CHECK(after.Open() == before.Open());  // it may end before it saw the finding hold
  const Verdict again = after.Judge(check, Named("ab", 6));
  REQUIRE(again.findings.size() == 1);
  CHECK(again.findings.front().since == Named("", 0).taken_at);
}

TEST_CASE("of each check, the first twenty open findings are remembered") {
  FindingHistory history({}, {});
  for (int number = 0; number < 2; ++number) history.Judge(kLetters, Named("abcdefghijklmnopqrstuvwxyz", number));
  CHECK(history.Open().size() == kRememberedFindings);
}

}  // namespace
}  // namespace caliwatch
