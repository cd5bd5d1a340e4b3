// SPDX-License-Identifier: Apache-2.0
#include "agent/cli/ipam_evidence.h"

#include <fstream>
#include <sstream>

#include "test/support/catch.h"
#include "test/support/ipam_cluster.h"
#include "test/support/status_says.h"
#include "test/support/temporary_folder.h"

namespace caliwatch {
namespace {

const std::string kRecordings = CALIWATCH_SOURCE_DIR "/test/recordings/calico/";

IpamEvidenceFiles Gather(const std::string& list, const std::string& input = "") {
  std::istringstream in(input);
  return ReadIpamEvidence(list, in, kClusterRead);
}

}  // namespace

TEST_CASE("documents, standard input and recordings are read together") {
  const IpamEvidenceFiles files =
      Gather(kRecordings + "etcd/healthy.json,-," + kRecordings + "bgp-healthy",
             R"({"kind": "PodList", "items": [{"metadata": {"name": "a", "namespace": "default"}}]})");
  CHECK(files.problem.ok());
  CHECK(files.records.blocks.rows.size() == 3);
  CHECK(files.records.pods.rows.size() == 1);
  CHECK(files.records.pods.read_at == kClusterRead);
  CHECK(files.records.reports.rows.count("n1") == 1);
  CHECK(files.records.reports.complete.ok());
  CHECK(files.records.reports.read_at == files.records.reports.rows.at("n1").read_at);
  CHECK(files.read_at >= kClusterRead);
}

TEST_CASE("a folder of recordings is all of them, of a node the last one read") {
  const IpamEvidenceFiles files = Gather(kRecordings);
  CHECK(files.records.reports.rows.size() >= 3);
}

TEST_CASE("what cannot be read is named, and the rest is there") {
  const TemporaryFolder folder;
  CHECK(Says(Gather("/nowhere.json").problem, "/nowhere.json"));
  CHECK(Says(Gather(folder.path()).problem, "is no recording of a node, and has none in it"));
  std::ofstream(folder.path() + "/bad.json") << "{";
  const IpamEvidenceFiles files = Gather(folder.path() + "/bad.json," + kRecordings + "etcd/healthy.json");
  CHECK(Says(files.problem, "bad.json: it is cut off"));
  CHECK(files.records.blocks.complete.ok());
  std::ofstream(folder.path() + "/recording.txt") << "no recording\n";
  const IpamEvidenceFiles damaged = Gather(folder.path());
  CHECK_FALSE(damaged.problem.ok());
  CHECK_FALSE(damaged.records.reports.complete.ok());
  CHECK_FALSE(absl::IsNotFound(damaged.records.reports.complete));
}

}  // namespace caliwatch
