// SPDX-License-Identifier: Apache-2.0
#include "lib/view/log/ipam_log.h"

#include <algorithm>
#include <string>
#include <vector>

#include <absl/strings/str_cat.h>

#include "test/support/catch.h"
#include "test/support/ipam_cluster.h"

namespace caliwatch {
namespace {

using Lines = std::vector<std::string>;

// Looks a minute apart, and what is logged of each: message, and of a finding its subject.
class Watched {
 public:
  Lines Look(const ClusterRecords& records, const std::vector<std::string>& problems = {}) {
    Lines lines;
    now_ += absl::Minutes(1);
    for (const LogRecord& record : log_.Follow(JudgeIpam(records, now_, state_), problems)) {
      lines.push_back(record.message);
      for (const LogField& field : record.fields)
        if (field.key == "subject" || field.key == "more" || field.key == "error_was")
          absl::StrAppend(&lines.back(), " ", field.value);
    }
    return lines;
  }

 private:
  absl::Time now_ = kClusterRead;
  IpamState state_;
  IpamLog log_;
};

}  // namespace

TEST_CASE("the first look is one line, and what stays is told no more") {
  Watched watched;
  CHECK(watched.Look(HealthyCluster()) == Lines{"first look at the cluster"});
  CHECK(watched.Look(HealthyCluster()) == Lines{});
}

TEST_CASE("a finding is told when it counts, and when it is over") {
  Watched watched;
  watched.Look(HealthyCluster());
  CHECK(watched.Look(WithLeaks(1)) == Lines{});
  CHECK(watched.Look(WithLeaks(1)) == Lines{"finding 10.48.1.5"});
  CHECK(watched.Look(WithLeaks(1)) == Lines{});
  CHECK(watched.Look(HealthyCluster()) == Lines{"finding is over 10.48.1.5"});
}

TEST_CASE("what could not be read in between is neither over nor new again") {
  Watched watched;
  watched.Look(WithLeaks(1));
  CHECK(watched.Look(WithLeaks(1)) == Lines{"finding 10.48.1.5"});
  ClusterRecords unread = WithLeaks(1);
  unread.pods.complete = absl::UnavailableError("nobody answers");
  const Lines lines = watched.Look(unread, {"Kubernetes API, pods: nobody answers after 3 s"});
  CHECK(lines[0] == "a source cannot be asked");
  CHECK(std::count(lines.begin(), lines.end(), "checks cannot judge") == 1);
  CHECK(lines.size() == 2);
  CHECK(watched.Look(unread, {"Kubernetes API, pods: nobody answers after 12 s"}) == Lines{});
  ClusterRecords doubtful = WithLeaks(1);
  doubtful.reports.rows.erase("n1");
  CHECK(watched.Look(doubtful) ==
        Lines{"a source can be asked again Kubernetes API, pods: nobody answers after 12 s", "checks can judge again"});
  CHECK(watched.Look(WithLeaks(1)) == Lines{});
}

TEST_CASE("of many findings the first are told, and how many more there are") {
  Watched watched;
  watched.Look(WithLeaks(50));
  const Lines begun = watched.Look(WithLeaks(50));
  CHECK(begun.size() == 21);
  CHECK(begun.back() == "finding, and more of this check 30");
  const Lines over = watched.Look(HealthyCluster());
  CHECK(over.size() == 21);
  CHECK(over.back() == "finding is over, and more of this check 30");
}

}  // namespace caliwatch
