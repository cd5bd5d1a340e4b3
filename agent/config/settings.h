// SPDX-License-Identifier: Apache-2.0
#pragma once

// Everything that can be set, said once: the command line, the configuration file and the help are made from this list.

#include <string>
#include <vector>

#include <absl/status/status.h>
#include <absl/strings/string_view.h>

#include "agent/config/config.h"

namespace caliwatch {

using SettingValues = std::vector<std::string>;

// Whom a setting concerns: whoever looks at this node, who also judges it, or the agent alone.
enum class SettingScope { kNode, kJudge, kAgent };

struct Setting {
  absl::string_view name;         // "web.listen-address": a flag behind "--"; in the file `listen-address` inside `web`
  absl::string_view placeholder;  // what help calls its value
  absl::string_view help;
  SettingScope scope = SettingScope::kAgent;
  bool repeatable = false;
  bool is_switch = false;  // true or false; as a flag, its name alone says true
  bool live = false;       // a reload applies it; the others need a restart
  // InvalidArgument says what is wrong with the values, not whose they are. Given one value unless `repeatable`.
  absl::Status (*set)(const SettingValues& values, Config& config);
  std::string (*get)(const Config& config);
};

const std::vector<Setting>& AllSettings();

// `set`, behind the check of how many values there are.
absl::Status Apply(const Setting& setting, const SettingValues& values, Config& config);

}  // namespace caliwatch
