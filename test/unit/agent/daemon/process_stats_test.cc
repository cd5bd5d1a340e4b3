// SPDX-License-Identifier: Apache-2.0
#include "agent/daemon/process_stats.h"

#include <cmath>
#include <ctime>
#include <filesystem>
#include <limits>
#include <list>
#include <numeric>
#include <string>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "lib/node/unique_fd.h"
#include "test/support/catch.h"
#include "test/support/temporary_folder.h"

namespace caliwatch {
namespace {

ProcessStats FactsOf(const std::string& proc) {
  ProcessStats facts;
  UpdateProcessStats(proc, facts);
  return facts;
}

// A procfs of a process whose name tries to look like the fields behind it.
void WriteProc(const TemporaryFolder& proc) {
  std::filesystem::create_directories(proc / "self/fd");
  std::filesystem::create_directories(proc / "self/net");
  Write(proc / "stat", "cpu  1 2 3 4\nbtime 1700000000\nprocesses 9\n");
  Write(proc / "self/stat",
        "42 (ca) li (watch) S 1 42 42 0 -1 4194560 10 0 0 0 250 150 0 0 20 0 19 0 12300 4096000 77 1 0\n");
  Write(proc / "self/limits",
        "Limit                     Soft Limit           Hard Limit           Units     \n"
        "Max address space         unlimited            unlimited            bytes     \n"
        "Max open files            1024                 524288               files     \n");
  Write(proc / "self/net/netstat",
        "TcpExt: SyncookiesSent InOctets\nTcpExt: 1 2\n"
        "IpExt: InNoRoutes InOctets OutOctets\nIpExt: 0 123456789012 987654321\n");
  for (const char* fd : {"0", "1", "2", "7"}) Write(proc / (std::string("self/fd/") + fd), "");
}

TEST_CASE("each fact is taken from its place in procfs") {
  const TemporaryFolder proc;
  WriteProc(proc);
  const ProcessStats facts = FactsOf(proc.path());
  const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  CHECK(facts.cpu_seconds == 250 / ticks + 150 / ticks);
  CHECK(facts.start_time_seconds == 1700000000 + 12300 / ticks);
  CHECK(facts.virtual_bytes == 4096000);
  CHECK(facts.resident_bytes == 77 * static_cast<uint64_t>(sysconf(_SC_PAGESIZE)));
  CHECK(facts.max_fds == 1024);
  CHECK(facts.virtual_max_bytes == std::numeric_limits<uint64_t>::max());
  CHECK(facts.open_fds == 3);  // the fourth is the one that lists them
  CHECK(facts.network_receive_bytes == 123456789012);
  CHECK(facts.network_transmit_bytes == 987654321);
}

TEST_CASE("what procfs does not say, or says strangely, keeps its value") {
  const TemporaryFolder proc;
  ProcessStats facts;
  facts.cpu_seconds = 7;
  facts.max_fds = 8;
  facts.network_receive_bytes = 9;
  UpdateProcessStats(proc.path(), facts);
  std::filesystem::create_directories(proc / "self/net");
  for (const char* strange : {"", "\n", "42 (cut", "42 (cut) S 1", ") ) )"}) {
    Write(proc / "self/stat", strange);
    Write(proc / "self/limits", "Max open files");
    Write(proc / "self/net/netstat", "IpExt: InOctets\nIpExt:\n");
    UpdateProcessStats(proc.path(), facts);
  }
  CHECK(facts.cpu_seconds == 7);
  CHECK(facts.max_fds == 8);
  CHECK(facts.network_receive_bytes == 9);
}

TEST_CASE("our own facts are those that the kernel's calls give") {
  rlimit files{};
  REQUIRE(getrlimit(RLIMIT_NOFILE, &files) == 0);
  const uint64_t before = FactsOf("/proc").open_fds;
  std::list<UniqueFd> more;
  for (int i = 0; i < 5; ++i) more.emplace_back(open("/dev/null", O_RDONLY | O_CLOEXEC));
  const ProcessStats facts = FactsOf("/proc");
  rusage usage{};
  REQUIRE(getrusage(RUSAGE_SELF, &usage) == 0);
  const double cpu = static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                     static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;

  CHECK(facts.open_fds == before + 5);
  CHECK(facts.max_fds == files.rlim_cur);
  CHECK(facts.cpu_seconds <= cpu + 0.05);
  CHECK(facts.resident_bytes > 0);
  CHECK(facts.resident_bytes <= static_cast<uint64_t>(usage.ru_maxrss) * 1024 + (1U << 20));
  CHECK(facts.virtual_bytes >= facts.resident_bytes);
  CHECK(facts.start_time_seconds <= static_cast<double>(std::time(nullptr)) + 1);
  CHECK(facts.start_time_seconds > static_cast<double>(std::time(nullptr)) - 3600);
}

TEST_CASE("a poll falls into the bucket whose bound it does not exceed") {
  ProcessStats facts;
  for (double seconds : {0.0001, 0.001, 0.0011, 5.0, 5.1, 100.0}) CountPoll(seconds, facts);
  REQUIRE(facts.poll_duration_buckets.size() == std::size(kPollDurationBounds) + 1);
  CHECK(facts.poll_duration_buckets[0] == 2);
  CHECK(facts.poll_duration_buckets[1] == 1);
  CHECK(facts.poll_duration_buckets[std::size(kPollDurationBounds) - 1] == 1);
  CHECK(facts.poll_duration_buckets.back() == 2);
  CHECK(std::accumulate(facts.poll_duration_buckets.begin(), facts.poll_duration_buckets.end(), uint64_t{0}) == 6);
  CHECK(std::abs(facts.poll_duration_sum - 110.1022) < 1e-9);
}

}  // namespace
}  // namespace caliwatch
