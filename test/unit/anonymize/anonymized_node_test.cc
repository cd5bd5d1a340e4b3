// SPDX-License-Identifier: Apache-2.0
// Whole recorded nodes: what is found in them is the same with other names, and no name is left.
#include "lib/anonymize/anonymized_node.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

#include "agent/daemon/play_recording.h"
#include "lib/node/recorded_node.h"
#include "lib/node/recording_node.h"
#include "lib/read/read_snapshot.h"
#include "test/support/catch.h"
#include "test/support/recordings.h"
#include "test/support/temporary_folder.h"

namespace caliwatch {
namespace {

namespace fs = std::filesystem;

using Verdicts = std::vector<std::string>;  // sorted

// Each check with whether it judged, each finding with its subject and cause, as `text` makes them.
template <class Text>
Verdicts VerdictsOf(const Report& report, Text text) {
  Verdicts verdicts;
  for (const Verdict& verdict : report.verdicts) {
    verdicts.push_back(absl::StrCat(verdict.check->name, " ", absl::StatusCodeToString(verdict.judged.code())));
    for (const OpenFinding& open : verdict.findings)
      verdicts.push_back(absl::StrCat(verdict.check->name, ": ", text(open.subject), " by ",
                                      open.cause ? open.cause->check : "", " ",
                                      open.cause ? text(open.cause->subject) : ""));
  }
  std::sort(verdicts.begin(), verdicts.end());
  return verdicts;
}

Report Judged(const std::string& folder, const Anonymizer* anonymizer) {
  const auto looks = OpenRecording(folder);
  REQUIRE(looks.ok());
  std::vector<std::unique_ptr<AnonymizedNode>> anonymized;
  std::vector<RecordedLook> played;
  for (const auto& look : *looks) {
    if (anonymizer != nullptr) anonymized.push_back(std::make_unique<AnonymizedNode>(*look, *anonymizer));
    played.push_back({anonymizer != nullptr ? static_cast<RawNode&>(*anonymized.back()) : *look, *look->head()});
  }
  return PlayLooks(played, {}).report;
}

// Names and addresses of one node that must not be told.
std::set<std::string> SecretsOf(const Snapshot& node) {
  std::set<std::string> secrets;
  if (node.node_name.ok()) secrets.insert(*node.node_name);
  if (node.endpoints.ok())
    for (const Endpoint& endpoint : *node.endpoints)
      secrets.insert({endpoint.interface, endpoint.workload.substr(endpoint.workload.find('/') + 1)});
  if (node.links.ok())
    for (const Link& link : *node.links)
      if (link.IsWorkload()) secrets.insert(link.name);
  if (node.addresses.ok())
    for (const Address& address : *node.addresses)
      if (address.scope == RT_SCOPE_UNIVERSE) secrets.insert(address.address.ToString());
  for (const Bird& bird : node.birds)
    if (bird.peers.ok())
      for (const BgpPeer& peer : *bird.peers) secrets.insert(peer.name);
  std::erase_if(secrets, [](const std::string& secret) { return secret.size() < 4; });  // "n1" may be part of anything
  return secrets;
}

// Address and hardware addresses as the kernel's messages hold them.
std::set<std::string> SecretBytesOf(const Snapshot& node) {
  std::set<std::string> secrets;
  const KeyedHash hash({9, 9});
  const AddressMap map(hash);
  if (node.links.ok())
    for (const Link& link : *node.links)
      if (link.mac && map.Map(*link.mac) != *link.mac) secrets.emplace(link.mac->begin(), link.mac->end());
  if (node.addresses.ok())
    for (const Address& address : *node.addresses)
      if (address.scope == RT_SCOPE_UNIVERSE && map.Map(address.address) != address.address)
        secrets.emplace(address.address.bytes.begin(),
                        address.address.bytes.begin() + static_cast<long>(address.address.size()));
  return secrets;
}

SnapshotPtr ReadAll(RawNode& node) {
  return ReadSnapshot(node, [] { return absl::UnixEpoch(); }, {.ask_bird_routes = {{true, true}}});
}

}  // namespace

TEST_CASE("verdicts of every recorded node are the same with other names and addresses, but for these") {
  size_t found = 0;
  for (const std::string& folder : RecordedNodes()) {
    CAPTURE(folder);
    for (const uint64_t key : {1, 2}) {
      const Anonymizer anonymizer({key, 7});
      const auto mapped = [&](absl::string_view text) { return anonymizer.Text(text); };
      const auto same = [](absl::string_view text) { return std::string(text); };
      const Verdicts before = VerdictsOf(Judged(folder, nullptr), mapped);
      const Verdicts after = VerdictsOf(Judged(folder, &anonymizer), same);
      CHECK(after == before);
      found += std::count_if(before.begin(), before.end(),
                             [](const std::string& verdict) { return absl::StrContains(verdict, ": "); });
    }
  }
  CHECK(found >= 50);  // what the recordings of the repository alone have
}

TEST_CASE("an anonymized recording of a recorded node holds none of its names and addresses") {
  const Anonymizer anonymizer({3, 4});
  for (const std::string& folder : RecordedNodes()) {
    CAPTURE(folder);
    RecordedNode node(folder);
    const SnapshotPtr seen = ReadAll(node);
    const TemporaryFolder made;
    AnonymizedNode other(node, anonymizer);
    const auto recording = RecordingNode::Create(other, made / "recording");
    REQUIRE(recording.ok());
    ReadAll(**recording);
    REQUIRE((*recording)->Finish({.taken_at = absl::UnixEpoch(), .kernel = "Linux"}).ok());
    std::string all;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(made / "recording"))
      absl::StrAppend(&all, entry.path().filename().native(), "\n", entry.is_regular_file() ? Read(entry.path()) : "",
                      "\n");
    for (const std::string& secret : SecretsOf(*seen)) {
      CAPTURE(secret);
      CHECK_FALSE(absl::StrContains(all, secret));
    }
    for (const std::string& secret : SecretBytesOf(*seen)) CHECK_FALSE(absl::StrContains(all, secret));
  }
}

}  // namespace caliwatch
