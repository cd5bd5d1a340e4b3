// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <iostream>
#include <string>

#include <absl/time/clock.h>

#include "agent/cli/command.h"
#include "agent/config/live_paths.h"
#include "agent/config/load_config.h"
#include "lib/node/recording_node.h"
#include "lib/read/read_snapshot.h"

namespace caliwatch {
namespace {

absl::StatusOr<SnapshotPtr> WriteDown(const Config& config, const std::string& folder) {
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

ExitCode Record(const Invocation& invocation) {
  const absl::StatusOr<Config> config = LoadConfig(invocation.config);
  if (!config.ok()) {
    std::cerr << "caliwatch: " << config.status().message() << "\n";
    return kExitUsage;
  }
  const std::string& folder = invocation.values.at("DIR");
  const absl::StatusOr<SnapshotPtr> snapshot = WriteDown(*config, folder);
  if (!snapshot.ok()) {
    std::cerr << "caliwatch: cannot record: " << snapshot.status().message() << "\n";
    return kExitFailed;
  }
  PrintSources(**snapshot, folder);
  return kExitOk;
}

const RegisterCommand registered(
    {.place = 50,
     .name = "record",
     .about = "Write down what this node says, to be judged elsewhere by `check --replay`.",
     .settings = SettingScope::kNode,
     .options = {{.name = "DIR",
                  .placeholder = "",
                  .help = "The folder to make; it must not exist yet, or be empty",
                  .required = true}},
     .footer = kExitCodes,
     .run = Record});

}  // namespace

}  // namespace caliwatch
