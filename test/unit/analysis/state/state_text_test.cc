// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/state/state_text.h"

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <absl/strings/ascii.h>
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_replace.h>

#include "test/support/catch.h"
#include "test/support/full_state.h"
#include "test/support/status_says.h"
#include "test/support/temporary_folder.h"

namespace caliwatch {
namespace {

TEST_CASE("what was saved is what is loaded, in the same boot") {
  const PersistentState memory = FullState();
  REQUIRE(memory.convergence[Family::kIpv4].episode);
  REQUIRE_FALSE(memory.convergence[Family::kIpv4].past.empty());
  const std::string text = StateText(memory, "boot 1");
  const absl::StatusOr<PersistentState> again = PersistentStateFrom(text, "boot 1");
  REQUIRE(again.ok());
  CHECK(StateText(*again, "boot 1") == text);
  CHECK(again->convergence[Family::kIpv4].episode == memory.convergence[Family::kIpv4].episode);
  CHECK(again->convergence[Family::kIpv4].expected == memory.convergence[Family::kIpv4].expected);
  CHECK(again->convergence[Family::kIpv4].gaps == memory.convergence[Family::kIpv4].gaps);
  CHECK(again->convergence[Family::kIpv4].counts == memory.convergence[Family::kIpv4].counts);
  CHECK(again->convergence[Family::kIpv4].past == memory.convergence[Family::kIpv4].past);
  CHECK(again->findings == memory.findings);
  CHECK(again->convergence[Family::kIpv4].identity == memory.convergence[Family::kIpv4].identity);
  CHECK(again->flaps == memory.flaps);
  CHECK(again->peers == memory.peers);
  CHECK(again->bird_expected == memory.bird_expected);
  CHECK(again->bird_restarts == memory.bird_restarts);
  CHECK(again->felix == memory.felix);
  CHECK(again->file_doubts == memory.file_doubts);
  CHECK(again->former_owners == memory.former_owners);
  CHECK(again->unreached == memory.unreached);
}

TEST_CASE("nodes that are not reached are refused twice, and in words that are not known") {
  const std::string text = StateText(FullState(), "boot 1");
  const auto says = [&](const std::string& was, const std::string& is) {
    REQUIRE(absl::StrContains(text, was));
    return PersistentStateFrom(absl::StrReplaceAll(text, {{was, is}}), "boot 1").status();
  };
  const std::string former = "\"overlay\":false", other = "\"overlay\":true";
  const std::string twice =
      absl::StrReplaceAll(text, {{"\"address\":\"10.39.1.219\"", "\"address\":\"10.39.1.36\""}, {former, other}});
  CHECK(Says(PersistentStateFrom(twice, "boot 1").status(), "a node is twice among those that are not reached"));
  CHECK(Says(says("\"result\":\"answered\"", "\"result\":\"air\""), "'air' is not known"));
  CHECK(Says(says("\"rounds\":3", "\"rounds\":-3"), "line 1"));
  CHECK(Says(says("[2,1,0,4]", "[2,-1,0,4]"), "line 1"));
}

TEST_CASE("nodes that are not reached are taken over from a process that did not count what arrives") {
  std::string text = StateText(FullState(), "boot 1");
  text = absl::StrReplaceAll(text, {{"\"trial\"", "\"_trial\""}});
  const absl::StatusOr<PersistentState> again = PersistentStateFrom(text, "boot 1");
  REQUIRE(again.ok());
  REQUIRE(again->unreached.size() == 2);
  CHECK_FALSE(again->unreached[0].trial.has_value());
  CHECK(again->unreached[0].trials == 0);
}

TEST_CASE("an older state, which lacks what is written now, is taken over") {
  const PersistentState memory = FullState();
  std::string text = StateText(memory, "boot 1");
  for (const char* key : {"\"remembered_peers\"", "\"bird_expected\"", "\"recent_restarts\"", "\"felix\"",
                          "\"file_doubts\"", "\"former_owners\"", "\"unreached\""})
    for (size_t at = text.find(key); at != std::string::npos; at = text.find(key)) text.replace(at, 2, "\"_");
  const absl::StatusOr<PersistentState> again = PersistentStateFrom(text, "boot 1");
  REQUIRE(again.ok());
  CHECK(again->peers.empty());
  CHECK(again->bird_expected == PerFamily<bool>{});
  CHECK(again->bird_restarts == PerFamily<RecentEnds>{});
  CHECK(again->felix == RememberedFelix{});
  CHECK(again->file_doubts == std::nullopt);
  CHECK(again->former_owners.empty());
  CHECK(again->unreached.empty());
  CHECK(again->flaps == memory.flaps);
}

TEST_CASE("that nobody has looked at Felix and its files yet is kept, too") {
  PersistentState memory = FullState();
  memory.felix = {};
  memory.file_doubts.reset();
  const absl::StatusOr<PersistentState> again = PersistentStateFrom(StateText(memory, "boot 1"), "boot 1");
  REQUIRE(again.ok());
  CHECK(again->felix.state == std::nullopt);
  CHECK(again->file_doubts == std::nullopt);
}

TEST_CASE("how Felix was, in a word that is not known, is nothing that could have a time") {
  PersistentState memory = FullState();
  memory.felix.state = FelixState::kReady;
  std::string text = StateText(memory, "boot 1");
  const std::string word = absl::StrCat("\"state\":\"", ToString(FelixState::kReady), "\"");
  REQUIRE(absl::StrContains(text, word));
  text = absl::StrReplaceAll(text, {{word, "\"state\":\"new here\""}});
  const absl::StatusOr<PersistentState> again = PersistentStateFrom(text, "boot 1");
  REQUIRE(again.ok());
  CHECK(again->felix.state == std::nullopt);
  CHECK(again->felix.since == Moment{});
  CHECK(again->felix.left == Moment{});
}

TEST_CASE("a count beyond what is read is written as the most that is") {
  PersistentState memory = FullState();
  ConvergenceState& convergence = memory.convergence[Family::kIpv4];
  constexpr uint64_t kMost = uint64_t{1} << 53;
  convergence.counts = {.restarts = kMost + 1, .converged = kMost + 1, .incomplete = kMost + 1};
  convergence.counts.durations.fill(kMost + 1);
  convergence.counts.duration_sum = 2e15;
  convergence.episode->restarts = convergence.episode->polls_held = 2'000'000'000;
  convergence.past.back().restarts = 2'000'000'000;
  memory.bird_counts[Family::kIpv4] = {kMost + 1, kMost + 1};
  memory.flaps[{Family::kIpv4, "Mesh_192_0_2_2"}] = kMost + 1;
  const absl::StatusOr<PersistentState> again = PersistentStateFrom(StateText(memory, "boot 1"), "boot 1");
  REQUIRE(again.ok());
  const ConvergenceState& read = again->convergence[Family::kIpv4];
  CHECK(read.counts.restarts == kMost);
  CHECK(read.counts.incomplete == kMost);
  CHECK(read.counts.durations.back() == kMost);
  CHECK(read.counts.duration_sum == 1e15);
  CHECK(read.episode->polls_held == 1'000'000'000);
  CHECK(read.past.back().restarts == 1'000'000'000);
  CHECK(again->bird_counts[Family::kIpv4].config_errors == kMost);
  CHECK(again->flaps.at({Family::kIpv4, "Mesh_192_0_2_2"}) == kMost);
}

TEST_CASE("from another boot, expectations and counters are taken over, and no moment") {
  const PersistentState memory = FullState();
  const absl::StatusOr<PersistentState> again = PersistentStateFrom(StateText(memory, "boot 1"), "boot 2");
  REQUIRE(again.ok());
  const ConvergenceState& state = again->convergence[Family::kIpv4];
  CHECK(state.known);
  CHECK(state.expected.routes == memory.convergence[Family::kIpv4].expected.routes);
  CHECK(state.expected.peers.size() == memory.convergence[Family::kIpv4].expected.peers.size());
  CHECK(state.counts == memory.convergence[Family::kIpv4].counts);
  CHECK(again->flaps == memory.flaps);
  CHECK_FALSE(state.episode);
  CHECK_FALSE(state.bird_start);
  CHECK_FALSE(state.identity);
  CHECK(state.gaps == RouteGaps{});
  CHECK(again->findings.empty());
  CHECK(again->peers.empty());
  CHECK(again->bird_expected == PerFamily<bool>{});
  CHECK(again->bird_restarts == PerFamily<RecentEnds>{});
  CHECK(again->felix == RememberedFelix{});
  CHECK(again->file_doubts == std::nullopt);
}

TEST_CASE("a state that is cut short, of another format or no state is refused with the line") {
  const std::string text = StateText(FullState(), "boot 1");
  const std::string head = text.substr(0, text.find('\n') + 1);
  CHECK(Says(PersistentStateFrom("", "boot 1").status(), "cut short"));
  CHECK(Says(PersistentStateFrom(head, "boot 1").status(), "cut short"));
  CHECK(Says(PersistentStateFrom(text + "10.0.0.0/26 10.0.0.1\n", "boot 1").status(), "more routes than it says"));
  CHECK(Says(PersistentStateFrom(head + "nonsense\n", "boot 1").status(), "line 2: 'nonsense' is no route"));
  CHECK(Says(PersistentStateFrom("{}\n", "boot 1").status(), "line 1: "));
  CHECK(Says(PersistentStateFrom("{\"caliwatch_state\":1}\n", "boot 1").status(), "its format is 1, not 2"));
  for (size_t size = 0; size < text.size(); ++size)
    CHECK_FALSE(PersistentStateFrom(text.substr(0, size), "boot 1").ok());
}

// Where the numbers of a text's first line begin, and how long they are. Names have digits, too: those stand in quotes.
std::vector<std::pair<size_t, size_t>> NumbersIn(const std::string& text) {
  std::vector<std::pair<size_t, size_t>> numbers;
  bool in_quotes = false;
  for (size_t at = 0; text[at] != '\n'; ++at) {
    if (text[at] == '"') in_quotes = !in_quotes;
    if (in_quotes || (!absl::ascii_isdigit(text[at]) && text[at] != '-')) continue;
    const size_t length = text.find_first_not_of("-.0123456789e+", at) - at;
    numbers.emplace_back(at, length);
    at += length - 1;
  }
  return numbers;
}

TEST_CASE("a number that no integer holds, or that is none, is refused wherever it stands") {
  const std::string text = StateText(FullState(), "boot 1");
  const auto numbers = NumbersIn(text);
  CHECK(numbers.size() > 60);
  for (const auto& [at, length] : numbers) {
    INFO(text.substr(at < 30 ? 0 : at - 30, 30 + length));
    for (const char* absurd :
         {"2.2e75", "-2.2e75", "18446744073709551615", "9223372036854775808", "1e999", "\"7\"", "[7]", "true", "{}"})
      CHECK_FALSE(PersistentStateFrom(std::string(text).replace(at, length, absurd), "boot 1").ok());
    // These are moments somewhere, and counts elsewhere.
    for (const char* odd : {"-1", "9223372036854775807", "-9223372036854775808"})
      if (const auto state = PersistentStateFrom(std::string(text).replace(at, length, odd), "boot 1"); state.ok())
        CHECK_FALSE(StateText(*state, "boot 1").empty());
  }
}

TEST_CASE("a first line that is nested deep, or long, is refused before it is made into JSON") {
  const std::string deep(1'000'000, '[');
  CHECK(Says(PersistentStateFrom(deep + "\n", "boot 1").status(), "line 1: it is nested deeper than 16"));
  CHECK(Says(PersistentStateFrom("{\"caliwatch_state\":" + deep + "\n", "boot 1").status(), "nested deeper than 16"));
  CHECK(Says(PersistentStateFrom(std::string(9'000'000, ' ') + "{}\n", "boot 1").status(),
             "line 1: it is longer than 8388608 bytes"));
}

TEST_CASE("routes are refused where their prefix is none, of the other family, or out of order") {
  const std::string text = StateText(FullState(), "boot 1");
  const size_t begin = text.find('\n') + 1, end = text.find('\n', begin);
  const std::string first = text.substr(begin, end - begin);
  for (const char* wrong :
       {"10.0.0.0/33 10.0.0.1", "fd65::/129 fd39::1", "10.0.0.0/2.2e75 10.0.0.1", "10.0.0.0/-1 10.0.0.1",
        "fd65::/122 fd39::1", "10.0.0.0/8 fd39::1", "255.255.255.255/32 10.0.0.1"}) {
    INFO(wrong);
    const absl::Status refused =
        PersistentStateFrom(std::string(text).replace(begin, first.size(), wrong), "boot 1").status();
    CHECK(absl::IsInvalidArgument(refused));
    CHECK(absl::StrContains(refused.message(), "line "));
  }
}

TEST_CASE("each hostile state is refused, with the line where it goes wrong") {
  int states = 0;
  for (const auto& entry : std::filesystem::directory_iterator(CALIWATCH_SOURCE_DIR "/test/hostile/states")) {
    INFO(entry.path());
    const absl::Status refused = PersistentStateFrom(Read(entry.path()), "boot 1").status();
    CHECK(absl::IsInvalidArgument(refused));
    CHECK(Says(refused, "line "));
    ++states;
  }
  CHECK(states == 8);
}

}  // namespace
}  // namespace caliwatch
