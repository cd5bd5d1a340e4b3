// SPDX-License-Identifier: Apache-2.0

// A whole folder, as a stranger sends it, played through to a report. The input lists what is in it: each entry begins
// with a line "=== path" (a file), "==> path" (a link to what its content names) or "==| path" (a pipe).

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_split.h>
#include <sys/stat.h>

#include "agent/daemon/play_recording.h"
#include "lib/view/json/report_json.h"
#include "test/fuzz/support/input.h"
#include "test/fuzz/support/json_mutation.h"
#include "test/fuzz/support/must.h"
#include "test/fuzz/support/outputs.h"
#include "test/support/temporary_folder.h"

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

namespace caliwatch {
namespace {

namespace fs = std::filesystem;

constexpr absl::string_view kSecret = "what-nobody-may-see";  // a node's name, if it is read as one
constexpr size_t kKind = 4;
constexpr size_t kMostEntries = 64;

// Nothing of it may lead out of the folder that the fuzzer makes: what is in there is tested, not the fuzzer.
bool IsPlain(absl::string_view path) {
  if (path.empty() || path.size() > 200 || absl::StrContains(path, '\0')) return false;
  for (const absl::string_view part : absl::StrSplit(path, '/'))
    if (part.empty() || part == "." || part == ".." || part.size() > 100) return false;
  return true;
}

void Make(const fs::path& folder, absl::string_view kind, absl::string_view path, absl::string_view content) {
  if (!IsPlain(path)) return;
  std::error_code error;
  const fs::path whole = folder / std::string(path);
  for (fs::path above = whole.parent_path(); above != folder; above = above.parent_path())
    if (fs::is_symlink(fs::symlink_status(above, error))) return;
  fs::create_directories(whole.parent_path(), error);
  if (fs::exists(fs::symlink_status(whole, error))) return;
  if (kind == "=== ") Write(whole, content);
  if (kind == "==> ")
    fs::create_symlink(absl::StrContains(content, '\0') ? "../secret" : std::string(content), whole, error);
  if (kind == "==| ") (void)mkfifo(whole.c_str(), 0600);
}

struct Entry {
  std::string kind, path, content;
};

std::vector<Entry> EntriesOf(absl::string_view input) {
  std::vector<Entry> entries;
  while (!input.empty() && entries.size() < kMostEntries) {
    size_t next = input.size();
    for (const absl::string_view begin : {"\n=== ", "\n==> ", "\n==| "}) next = std::min(next, input.find(begin, 1));
    const std::pair<std::string, std::string> parts = absl::StrSplit(input.substr(0, next), absl::MaxSplits('\n', 1));
    if (parts.first.size() > kKind)
      entries.push_back({parts.first.substr(0, kKind), parts.first.substr(kKind), parts.second});
    input.remove_prefix(std::min(input.size(), next + 1));
  }
  return entries;
}

std::string TextOf(const std::vector<Entry>& entries) {
  return absl::StrJoin(entries, "\n", [](std::string* text, const Entry& entry) {
    absl::StrAppend(text, entry.kind, entry.path, "\n", entry.content);
  });
}

// Beside the recording: a file and a folder like its own.
void MakeSurroundings(const TemporaryFolder& folder) {
  for (const char* inner : {"recording", "elsewhere", "elsewhere/calico"}) fs::create_directory(folder / inner);
  for (const char* file : {"secret", "elsewhere/calico/nodename", "elsewhere/calico/mtu"})
    Write(folder / file, kSecret);
  Write(folder / "elsewhere/recording.txt", "format: 1\ntaken: 2026-11-27T18:44:35+00:00\n");
}

constexpr absl::string_view kPaths[] = {"recording.txt",
                                        "kernel",
                                        "kernel/links.netlink",
                                        "kernel/addresses.netlink",
                                        "kernel/routes.netlink",
                                        "kernel/neighbors.netlink",
                                        "kernel/fdb.netlink",
                                        "kernel/netconf.netlink",
                                        "kernel/neighbor_limits.netlink",
                                        "kernel/rules.netlink",
                                        "kernel/link_stats.netlink",
                                        "kernel/bgp_sockets.netlink",
                                        "kernel/pods.netlink",
                                        "bird",
                                        "bird/show_status.txt",
                                        "bird/show_protocols_all.txt",
                                        "bird/show_route.txt",
                                        "bird/socket.txt",
                                        "bird6",
                                        "bird6/show_status.txt",
                                        "bird6/show_protocols_all.txt",
                                        "bird6/socket.txt",
                                        "calico",
                                        "calico/nodename",
                                        "calico/mtu",
                                        "calico/felix",
                                        "calico/cni_kubeconfig",
                                        "calico/endpoint-status",
                                        "agent",
                                        "agent/state",
                                        "look-2",
                                        "look-2/recording.txt",
                                        "look-2/kernel/routes.netlink",
                                        "look-2/calico/nodename"};
// Out of the recording, to the file or to what stands in its place elsewhere.
std::string LinkFor(absl::string_view path, bool is_plain) {
  std::string target = "../";
  for (const char c : path)
    if (c == '/') target += "../";
  return is_plain ? target + "secret" : absl::StrCat(target, "elsewhere/", path);
}

std::string MutatedContent(std::string content, unsigned seed) {
  if (std::string json = MutatedJson(content, content.size() + 256, seed); !json.empty() && seed % 4 != 0) return json;
  const size_t size = content.size();
  content.resize(size + 256);
  content.resize(LLVMFuzzerMutate(reinterpret_cast<uint8_t*>(content.data()), size, content.size()));
  return content;
}

// One entry is another: bytes alone seldom make a path that anybody reads.
void Mutate(std::vector<Entry>& entries, unsigned seed) {
  std::minstd_rand random(seed);
  Entry& chosen = entries[random() % entries.size()];
  const Entry copy = chosen;
  const std::string path(kPaths[random() % std::size(kPaths)]);
  switch (random() % 8) {
    case 0:
      entries.insert(entries.begin(), {"==> ", path, LinkFor(path, random() % 2 == 0)});
      break;
    case 1:
      entries.insert(entries.begin(), {copy.kind, path, copy.content});
      break;
    case 2:
      std::erase_if(entries, [&](const Entry& entry) { return entry.path == copy.path; });
      break;
    case 3:
      chosen.path += ".error";
      break;
    case 4:
      chosen.content = entries[random() % entries.size()].content;
      break;
    default:
      chosen.content = MutatedContent(copy.content, seed);
  }
}

void MustBeInside(absl::string_view shown) {
  const size_t at = shown.find(kSecret);
  if (at == absl::string_view::npos) return;
  shown.remove_prefix(at - std::min<size_t>(at, 100));
  Must(false, "nothing outside of a recording is shown", shown.substr(0, 200));
}

}  // namespace
}  // namespace caliwatch

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size, unsigned seed) {
  using namespace caliwatch;
  std::vector<Entry> entries = EntriesOf(Input(data, size).rest());
  if (entries.empty() || seed % 8 == 0) return LLVMFuzzerMutate(data, size, max_size);
  Mutate(entries, seed);
  const std::string text = TextOf(entries);
  if (text.size() > max_size) return LLVMFuzzerMutate(data, size, max_size);
  std::copy(text.begin(), text.end(), data);
  return text.size();
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace caliwatch;
  // libFuzzer writes into its inputs what it saw an input compared with: whoever knows the secret proves nothing.
  if (absl::StrContains(Input(data, size).rest(), kSecret)) return -1;
  const TemporaryFolder folder;
  MakeSurroundings(folder);
  const std::string recording = folder / "recording";
  for (const Entry& entry : EntriesOf(Input(data, size).rest())) Make(recording, entry.kind, entry.path, entry.content);
  const absl::StatusOr<JudgedNode> judged = PlayRecording(recording);
  if (!judged.ok()) {
    MustBeInside(judged.status().message());
    return 0;
  }
  CheckOutputs(judged->report, nullptr, {});
  MustBeInside(ReportJson(judged->report, ""));
  return 0;
}
