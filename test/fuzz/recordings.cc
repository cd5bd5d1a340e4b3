// SPDX-License-Identifier: Apache-2.0

// A whole folder, as a stranger sends it, played through to a report. The input lists what is in it: each entry begins
// with a line "=== path" (a file), "==> path" (a link to what its content names) or "==| path" (a pipe).

#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>
#include <absl/strings/strip.h>
#include <sys/stat.h>

#include "agent/daemon/play_recording.h"
#include "lib/view/json/report_json.h"
#include "test/fuzz/support/input.h"
#include "test/fuzz/support/must.h"
#include "test/fuzz/support/outputs.h"
#include "test/support/temporary_folder.h"

namespace caliwatch {
namespace {

namespace fs = std::filesystem;

constexpr absl::string_view kSecret = "what nobody may see";
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
  const fs::path whole = folder / std::string(path);
  for (fs::path above = whole.parent_path(); above != folder; above = above.parent_path())
    if (fs::is_symlink(fs::symlink_status(above))) return;
  std::error_code error;
  fs::create_directories(whole.parent_path(), error);
  if (fs::exists(fs::symlink_status(whole, error))) return;
  if (kind == "=== ") Write(whole, content);
  if (kind == "==> ")
    fs::create_symlink(absl::StrContains(content, '\0') ? "../secret" : std::string(content), whole, error);
  if (kind == "==| ") (void)mkfifo(whole.c_str(), 0600);
}

void MakeAll(const fs::path& folder, absl::string_view input) {
  size_t entries = 0;
  while (!input.empty() && ++entries <= kMostEntries) {
    const absl::string_view kind = input.substr(0, 4);
    size_t next = input.size();
    for (const absl::string_view begin : {"\n=== ", "\n==> ", "\n==| "}) next = std::min(next, input.find(begin, 1));
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(input.substr(0, next), absl::MaxSplits('\n', 1));
    if (parts.first.size() > kind.size()) Make(folder, kind, parts.first.substr(kind.size()), parts.second);
    input.remove_prefix(std::min(input.size(), next + 1));
  }
}

}  // namespace
}  // namespace caliwatch

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace caliwatch;
  const TemporaryFolder folder;
  Write(folder / "secret", kSecret);
  const std::string recording = folder / "recording";
  fs::create_directory(recording);
  MakeAll(recording, Input(data, size).rest());
  const absl::StatusOr<Report> report = JudgeRecording(recording);
  if (!report.ok()) {
    Must(!absl::StrContains(report.status().message(), kSecret), "nothing outside of a recording is shown");
    return 0;
  }
  CheckOutputs(*report, nullptr, {});
  Must(!absl::StrContains(ReportJson(*report, ""), kSecret), "nothing outside of a recording is shown");
  return 0;
}
