// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <absl/cleanup/cleanup.h>
#include <absl/functional/function_ref.h>
#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_split.h>
#include <sys/random.h>
#include <unistd.h>

#include "agent/build/version.h"
#include "agent/cli/command.h"
#include "agent/cli/record_subject.h"
#include "agent/cli/tar_stream.h"
#include "agent/config/load_config.h"
#include "lib/analysis/bgp/session_ports.h"
#include "lib/anonymize/anonymized_node.h"
#include "lib/anonymize/anonymized_texts.h"
#include "lib/model/utf8.h"
#include "lib/node/recording_node.h"
#include "lib/read/read_snapshot.h"

namespace caliwatch {
namespace {

namespace fs = std::filesystem;

using Sources = std::map<std::string, absl::Status>;  // as RecordingNode::kept()

// Makes a recording of `subject`, with other names and addresses if there is an `anonymizer`.
class Recorder {
 public:
  Recorder(RecordSubject& subject, const Anonymizer* anonymizer) : subject_(subject), anonymizer_(anonymizer) {}

  absl::Status Record(const std::string& folder) {
    const absl::StatusOr<std::string> state = AgentState();
    absl::StatusOr<Look> first = Take(1, [&](RawNode& node) { return RecordingNode::Create(node, folder); });
    if (!first.ok()) return first.status();
    for (int number = 2; number <= subject_.looks(); ++number) {
      absl::StatusOr<Look> next = Take(number, [&](RawNode& node) { return first->recording->CreateSecondLook(node); });
      if (!next.ok()) return next.status();
      if (absl::Status written = Finish(*next); !written.ok()) return written;
    }
    first->recording->KeepAgentState(state);
    first->head.looks = subject_.looks();
    return Finish(*first);
  }

  // Of all looks; of one that could not be read, why.
  const Sources& sources() const { return sources_; }

 private:
  struct Look {
    std::unique_ptr<RecordingNode> recording;
    RecordingHead head;
  };

  using Create = absl::FunctionRef<absl::StatusOr<std::unique_ptr<RecordingNode>>(RawNode& node)>;

  absl::StatusOr<Look> Take(int number, Create create) {
    RawNode* node = &subject_.Look(number);
    if (anonymizer_ != nullptr)
      node = anonymized_.emplace_back(std::make_unique<AnonymizedNode>(*node, *anonymizer_)).get();
    absl::StatusOr<std::unique_ptr<RecordingNode>> recording = create(*node);
    if (!recording.ok()) return recording.status();
    Look look{*std::move(recording), subject_.Head()};
    const SnapshotPtr seen = Read(*look.recording, *node);
    look.head.looks = 1;
    look.head.versions = VersionsOf(*seen);
    if (anonymizer_ != nullptr) Anonymize(*anonymizer_, look.head);
    return look;
  }

  // Sessions may be on other ports than 179. Looking for them, every socket of this host is seen, which is nothing to
  // write down: the recording gets what it lacks afterwards.
  SnapshotPtr Read(RecordingNode& recording, RawNode& node) {
    const auto now = [&] { return subject_.Now(); };
    const auto read = [&] {
      return ReadSnapshot(recording, now, {.bgp_ports = ports_.wanted(), .ask_bird_routes = {{true, true}}});
    };
    SnapshotPtr seen = read();
    ports_.Follow(*seen);
    if (!ports_.wanted().empty()) return seen;
    ports_.Follow(*ReadSnapshot(node, now, {.bgp_ports = {}}));
    return read();
  }

  absl::Status Finish(Look& look) {
    for (const auto& [source, status] : look.recording->kept()) sources_[source].Update(status);
    return look.recording->Finish(std::move(look.head));
  }

  absl::StatusOr<std::string> AgentState() {
    absl::StatusOr<std::string> state = subject_.AgentState();
    if (anonymizer_ == nullptr) return state;
    if (!state.ok()) return anonymizer_->Error(state.status());
    return AnonymizedState(*anonymizer_, *state);
  }

  static std::vector<std::pair<std::string, std::string>> VersionsOf(const Snapshot& seen) {
    std::vector<std::pair<std::string, std::string>> versions = {
        {"caliwatch", absl::StrCat(Version(), " (", Revision(), ")")}};
    for (const Family family : kFamilies)
      if (const auto& status = seen.birds[family].status; status.ok())
        versions.emplace_back(BirdSource(family), status->version);
    return versions;
  }

  // A kernel's name may be its owner's: the numbers in front say enough.
  static void Anonymize(const Anonymizer& anonymizer, RecordingHead& head) {
    head.anonymized = true;
    if (!head.boot_id.empty()) head.boot_id = anonymizer.Name(head.boot_id);
    std::vector<std::string> words = absl::StrSplit(head.kernel, ' ');
    for (std::string& word : words)
      if (absl::ascii_isdigit(static_cast<unsigned char>(word[0])))
        word.resize(std::min(word.find_first_not_of("0123456789."), word.size()));
    head.kernel = absl::StrJoin(words, " ");
  }

  RecordSubject& subject_;
  const Anonymizer* anonymizer_;
  std::vector<std::unique_ptr<AnonymizedNode>> anonymized_;
  SessionPorts ports_;
  Sources sources_;
};

// Known to nobody once we end.
absl::StatusOr<KeyedHash::Key> RandomKey() {
  KeyedHash::Key key{};
  if (getrandom(key.data(), sizeof key, 0) != sizeof key) return absl::InternalError("the kernel gave no random key");
  return key;
}

void PrintSources(std::ostream& out, const Sources& sources, const std::string& folder, bool anonymized) {
  out << "Recorded into " << folder << ":\n";
  for (const auto& [source, status] : sources)
    out << "  " << source << (status.ok() ? "" : ": ") << Printable(status.message()) << "\n";
  out << (anonymized ? "Names and addresses in it were replaced by others; counts, times and versions were not: "
                       "docs/operations.md says what can still be told from it.\n"
                     : "It holds names of pods and nodes and their IP addresses: see who gets it, or record with "
                       "--anonymize.\n")
      << "To judge it, here or on another machine: caliwatch check --replay " << folder << "\n";
}

absl::StatusOr<std::unique_ptr<RecordSubject>> SubjectOf(const Invocation& invocation, const Config& config) {
  const std::string& replay = invocation.values.at("--replay");
  if (replay.empty()) return LiveSubject(config);
  return RecordedSubject(replay);
}

absl::StatusOr<Sources> RecordInto(const std::string& folder, RecordSubject& subject, bool anonymize) {
  std::optional<Anonymizer> anonymizer;
  if (anonymize) {
    const absl::StatusOr<KeyedHash::Key> key = RandomKey();
    if (!key.ok()) return key.status();
    anonymizer.emplace(*key);
  }
  Recorder recorder(subject, anonymizer ? &*anonymizer : nullptr);
  if (absl::Status recorded = recorder.Record(folder); !recorded.ok()) return recorded;
  return recorder.sources();
}

constexpr char kNameInTar[] = "recording";

// The folder is there for the archive's sake alone: in a container without tar, nobody else gets it out or removes it.
absl::Status RecordAsTar(const std::string& folder, RecordSubject& subject, bool anonymize) {
  if (isatty(STDOUT_FILENO) != 0)
    return absl::FailedPreconditionError(
        "--tar writes an archive, which is nothing for a terminal; lead it into a file");
  std::error_code error;
  if (fs::exists(fs::symlink_status(folder, error)))
    return absl::AlreadyExistsError(absl::StrCat(folder, " exists, and --tar removes its folder at the end"));
  const absl::Cleanup remove = [&] { fs::remove_all(folder, error); };
  const absl::StatusOr<Sources> sources = RecordInto(folder, subject, anonymize);
  if (!sources.ok()) return sources.status();
  PrintSources(std::cerr, *sources, kNameInTar, anonymize);
  return WriteTar(folder, kNameInTar, std::cout);
}

absl::Status Record(const Invocation& invocation, RecordSubject& subject) {
  const std::string& folder = invocation.values.at("DIR");
  const bool anonymize = invocation.values.at("--anonymize") == "true";
  if (invocation.values.at("--tar") == "true") return RecordAsTar(folder, subject, anonymize);
  const absl::StatusOr<Sources> sources = RecordInto(folder, subject, anonymize);
  if (sources.ok()) PrintSources(std::cout, *sources, folder, anonymize);
  return sources.status();
}

ExitCode RunRecord(const Invocation& invocation) {
  const absl::StatusOr<Config> config = LoadConfig(invocation.config);
  if (!config.ok()) {
    std::cerr << "caliwatch: " << Printable(config.status().message()) << "\n";
    return kExitUsage;
  }
  const absl::StatusOr<std::unique_ptr<RecordSubject>> subject = SubjectOf(invocation, *config);
  const absl::Status recorded = subject.ok() ? Record(invocation, **subject) : subject.status();
  if (recorded.ok()) return kExitOk;
  std::cerr << "caliwatch: cannot record: " << Printable(recorded.message()) << "\n";
  return kExitFailed;
}

const RegisterCommand registered(
    {.place = 50,
     .name = "record",
     .about = "Write down what this node says, to be judged elsewhere by `check --replay`.",
     .settings = SettingScope::kJudge,
     .options = {{.name = "DIR",
                  .placeholder = "",
                  .help = "The folder to make; it must not exist yet, or be empty",
                  .required = true},
                 {.name = "--anonymize",
                  .placeholder = "",
                  .help = "Replace names, IP addresses and MAC addresses by others, the same by the same, so that the "
                          "recording can be given away and is judged as before."},
                 {.name = "--tar",
                  .placeholder = "",
                  .help = "Write the recording to standard output as a tar archive, and remove DIR again, which must "
                          "not exist yet."},
                 {.name = "--replay",
                  .placeholder = "DIR",
                  .help = "Take another recording instead of this node, as to anonymize it. Default: none."}},
     .footer = kExitCodes,
     .run = RunRecord});

}  // namespace

}  // namespace caliwatch
