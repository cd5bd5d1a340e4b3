// SPDX-License-Identifier: Apache-2.0
#include "agent/cli/ipam_evidence.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>
#include <sys/stat.h>

#include "lib/decode/ipam_documents.h"
#include "lib/ipam/node_report.h"
#include "lib/model/utf8.h"
#include "lib/node/recorded_node.h"
#include "lib/read/read_snapshot.h"

namespace caliwatch {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMostRecordings = 10'000;

absl::StatusOr<NodeReport> ReportOfRecording(const std::string& folder) {
  const auto looks = OpenRecording(folder);
  if (!looks.ok()) return looks.status();
  RecordedNode& last = *looks->back();
  if (!last.head().ok()) return last.head().status();
  const absl::Time taken_at = last.head()->taken_at;
  const SnapshotPtr seen = ReadSnapshot(last, [&] { return taken_at; }, {.boot_time = last.head()->up});
  return NodeReportFrom(NodeWorkloadsHistory().Follow(*seen));
}

class Gatherer {
 public:
  Gatherer(std::istream& in, absl::Time now) : in_(in), now_(now) {}

  void Add(const std::string& name) {
    if (name == "-") return Note(AddDocuments(in_, "standard input", now_, files_.records), now_);
    struct stat about {};
    if (stat(name.c_str(), &about) != 0) return Note(absl::ErrnoToStatus(errno, Printable(name)), absl::InfinitePast());
    if (S_ISDIR(about.st_mode)) return AddFolder(name);
    std::ifstream file(name);
    if (!file) return Note(absl::ErrnoToStatus(errno, Printable(name)), absl::InfinitePast());
    const absl::Time written = absl::TimeFromTimespec(about.st_mtim);
    Note(AddDocuments(file, name, written, files_.records), written);
  }

  IpamEvidenceFiles Take() { return std::move(files_); }

 private:
  void Note(const absl::Status& status, absl::Time read_at) {
    files_.problem.Update(status);
    files_.read_at = std::max(files_.read_at, read_at);
  }

  void AddFolder(const std::string& folder) {
    std::error_code error;
    if (fs::exists(fs::path(folder) / "recording.txt", error)) return AddRecording(folder);
    std::vector<std::string> recordings;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
      if (fs::exists(entry->path() / "recording.txt", error) && recordings.size() < kMostRecordings)
        recordings.push_back(entry->path());
    if (recordings.empty())
      Note(absl::NotFoundError(absl::StrCat(Printable(folder), " is no recording of a node, and has none in it")),
           absl::InfinitePast());
    for (const std::string& recording : recordings) AddRecording(recording);
  }

  void AddRecording(const std::string& folder) {
    ClusterTable<NodeReport>& reports = files_.records.reports;
    absl::StatusOr<NodeReport> report = ReportOfRecording(folder);
    const bool is_first = absl::IsNotFound(reports.complete);
    if (is_first) reports.complete = absl::OkStatus();
    if (!report.ok()) {
      const absl::Status status(report.status().code(),
                                absl::StrCat(Printable(folder), ": ", Printable(report.status().message())));
      reports.complete.Update(status);
      return Note(status, absl::InfinitePast());
    }
    reports.read_at = is_first ? report->read_at : std::min(reports.read_at, report->read_at);
    Note(absl::OkStatus(), report->read_at);
    reports.rows.insert_or_assign(report->node, *std::move(report));
  }

  std::istream& in_;
  const absl::Time now_;
  IpamEvidenceFiles files_;
};

}  // namespace

IpamEvidenceFiles ReadIpamEvidence(absl::string_view list, std::istream& in, absl::Time now) {
  Gatherer gatherer(in, now);
  for (const absl::string_view name : absl::StrSplit(list, ',', absl::SkipEmpty())) gatherer.Add(std::string(name));
  return gatherer.Take();
}

}  // namespace caliwatch
