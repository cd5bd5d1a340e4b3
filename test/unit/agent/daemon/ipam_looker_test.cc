// SPDX-License-Identifier: Apache-2.0
#include "agent/daemon/ipam_looker.h"

#include <atomic>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include <absl/time/clock.h>

#include "test/support/catch.h"
#include "test/support/ipam_cluster.h"

namespace caliwatch {
namespace {

struct Fake {
  std::atomic<int> looks = 0;
  std::atomic<bool> fails = false;
  std::vector<std::string> problems = {};
};

class FakeSources : public LiveSources {
 public:
  explicit FakeSources(Fake& fake) : fake_(fake) {
    records_.pods.rows.erase("default/web-11");
    RemoveSighting(records_, "n1", AddressOf("10.48.1.1"));
  }
  // What it reads was read now.
  void Look(absl::Duration) override {
    ++fake_.looks;
    if (fake_.fails) throw std::bad_alloc();
    ForEachClusterTable([&](const char*, auto member) {
      auto& table = records_.*member;
      if (table.complete.ok()) table.read_at = absl::Now();
      if constexpr (std::is_same_v<decltype(member), ClusterTable<NodeReport> ClusterRecords::*>)
        for (auto& [node, report] : table.rows) report.read_at = absl::Now();
    });
  }
  void Wait(absl::Duration time) override { absl::SleepFor(std::min(time, absl::Milliseconds(20))); }
  const ClusterRecords& records() const override { return records_; }
  std::vector<std::string> problems() const override { return fake_.problems; }

 private:
  Fake& fake_;
  ClusterRecords records_ = HealthyCluster();
};

template <class Done>
bool Await(Done done) {
  for (int i = 0; i < 2'000 && !done(); ++i) absl::SleepFor(absl::Milliseconds(10));
  return done();
}

TEST_CASE("looks follow each other, and what two of them see is remembered") {
  Fake fake{.problems = {"etcd: away"}};
  std::atomic<int> told = 0;
  IpamLooker looker(std::make_unique<FakeSources>(fake), absl::Milliseconds(10),
                    [&](const IpamPublication& look) { told += look.problems.size() == 1; });
  REQUIRE(Await([&] { return looker.Latest() && looker.Latest()->looks >= 2; }));
  const IpamPublicationPtr latest = looker.Latest();
  CHECK(latest->problems == std::vector<std::string>{"etcd: away"});
  CHECK(latest->process.resident_bytes > 0);
  CHECK(looker.IsHealthy());
  CHECK(told >= 2);
  bool remembered = false;
  for (const IpamVerdict& verdict : latest->report.verdicts)
    for (const OpenIpamFinding& open : verdict.findings) remembered |= open.since < latest->report.at;
  CHECK(remembered);
}

TEST_CASE("a look that fails leaves what the last one found, and the next goes on") {
  Fake fake;
  IpamLooker looker(std::make_unique<FakeSources>(fake), absl::Milliseconds(10), [](const IpamPublication&) {});
  REQUIRE(Await([&] { return looker.Latest() != nullptr; }));
  fake.fails = true;
  const int before = fake.looks;
  REQUIRE(Await([&] { return fake.looks >= before + 2; }));
  const IpamPublicationPtr good = looker.Latest();
  REQUIRE(Await([&] { return fake.looks >= before + 4; }));
  CHECK(looker.Latest() == good);
  fake.fails = false;
  CHECK(Await([&] { return looker.Latest()->looks > good->looks; }));
}

}  // namespace
}  // namespace caliwatch
