// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/evidence/endpoint_file_history.h"

#include "test/support/catch.h"

namespace caliwatch {
namespace {

using Files = absl::StatusOr<EndpointFiles>;

BootTime At(int second) { return absl::Hours(1) + absl::Seconds(second); }

Files InDoubt(std::map<std::string, FileDoubt> doubts) { return EndpointFiles{.doubts = std::move(doubts)}; }

const Files kNothing = InDoubt({}), kOne = InDoubt({{"cali1", FileDoubt::kNoFile}}),
            kBoth = InDoubt({{"cali1", FileDoubt::kNoFile}, {"cali2", FileDoubt::kNoInterface}});

TEST_CASE("a doubt is as old as the poll that saw it first, and ends when a poll does not see it") {
  EndpointFileHistory history;
  history.Follow(kNothing, At(0));
  CHECK(history.Follow(kOne, At(10)).at("cali1").age == absl::ZeroDuration());
  CHECK(history.Follow(kBoth, At(15)).at("cali1").age == absl::Seconds(5));
  history.Follow(kNothing, At(20));
  CHECK(history.since().empty());
  CHECK(history.Follow(kOne, At(25)).at("cali1").age == absl::ZeroDuration());
}

TEST_CASE("what was there at the first look may be older, for as long as it stays") {
  EndpointFileHistory history;
  CHECK(history.Follow(kOne, At(0)).at("cali1").was_there);
  const auto doubts = history.Follow(kBoth, At(5));
  CHECK(doubts.at("cali1").was_there);
  CHECK_FALSE(doubts.at("cali2").was_there);
  history.Follow(kNothing, At(10));
  CHECK_FALSE(history.Follow(kOne, At(15)).at("cali1").was_there);
}

TEST_CASE("while files or interfaces cannot be read, nothing is in doubt and no doubt ends") {
  EndpointFileHistory history;
  history.Follow(kNothing, At(0));
  history.Follow(kOne, At(10));
  CHECK(history.Follow(absl::UnavailableError("netlink is gone"), At(20)).empty());
  CHECK(history.Follow(kOne, At(30)).at("cali1").age == absl::Seconds(20));
}

TEST_CASE("a process that goes on knows how old a doubt is") {
  EndpointFileHistory before;
  before.Follow(kOne, At(0));
  EndpointFileHistory after(before.since());
  const auto doubts = after.Follow(kBoth, At(100));
  CHECK(doubts.at("cali1").age == absl::Seconds(100));
  CHECK_FALSE(doubts.at("cali1").was_there);
  CHECK(doubts.at("cali2").age == absl::ZeroDuration());
}

TEST_CASE("no more doubts are kept than a node has pods") {
  EndpointFiles many;
  for (int i = 0; i < 10'000; ++i) many.doubts[std::to_string(i)] = FileDoubt::kNoFile;
  EndpointFileHistory history;
  CHECK(history.Follow(many, At(0)).size() == 4096);
  CHECK(history.since().size() == 4096);
}

TEST_CASE("doubts are told by kind, with their owners, and of many the first") {
  EndpointFileHistory history;
  EndpointFiles files{.doubts = {{"cali0", FileDoubt::kOtherAddress}}};
  for (int i = 1; i < 6; ++i) files.doubts["cali" + std::to_string(i)] = FileDoubt::kNoInterface;
  files.doubts["cali9"] = FileDoubt::kNoFile;
  Endpoint endpoint;
  endpoint.orchestrator = "k8s";
  endpoint.workload = "default/web-1";
  endpoint.interface = "cali1";
  const WorkloadOwners owners(std::vector<Endpoint>{endpoint});
  CHECK(DoubtsText(history.Follow(files, At(0)), owners) ==
        "5 files name interfaces that are gone (cali1 of pod default/web-1, cali2, cali3 and 2 more), and 1 interface "
        "has a pod's route and no file (cali9), and 1 file has other addresses than its pod (cali0)");
  CHECK(DoubtsText({}, owners).empty());
}

}  // namespace
}  // namespace caliwatch
