// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <iostream>
#include <string>

#include <absl/time/clock.h>

#include "agent/cli/commands.h"
#include "agent/config/live_paths.h"
#include "lib/node/recording_node.h"
#include "lib/read/read_snapshot.h"

namespace caliwatch {
namespace {

absl::StatusOr<SnapshotPtr> Record(const Config& config, const std::string& folder) {
  LiveNode node(PathsOf(config));
  const auto recording = RecordingNode::Create(node, folder);
  if (!recording.ok()) return recording.status();
  SnapshotPtr snapshot = ReadSnapshot(**recording, absl::Now);
  if (absl::Status written = (*recording)->Finish(snapshot->taken_at); !written.ok()) return written;
  return snapshot;
}

void PrintSources(const Snapshot& snapshot, const std::string& folder) {
  std::cout << "Recorded into " << folder << ":\n";
  for (const SourceReading& source : snapshot.sources)
    std::cout << "  " << source.name << (source.status.ok() ? "" : ": ") << source.status.message() << "\n";
  std::cout << "It holds names of pods and nodes and their IP addresses: see who gets it.\n"
               "To judge it, here or on another machine: caliwatch check --replay "
            << folder << "\n";
}

}  // namespace

ExitCode RunRecord(const CommandLine& command_line) {
  const absl::StatusOr<Config> config = LoadConfig(command_line);
  if (!config.ok()) {
    std::cerr << "caliwatch: " << config.status().message() << "\n";
    return kExitUsage;
  }
  const absl::StatusOr<SnapshotPtr> snapshot = Record(*config, command_line.record_folder);
  if (!snapshot.ok()) {
    std::cerr << "caliwatch: cannot record: " << snapshot.status().message() << "\n";
    return kExitFailed;
  }
  PrintSources(**snapshot, command_line.record_folder);
  return kExitOk;
}

}  // namespace caliwatch
