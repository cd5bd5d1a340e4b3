// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include <absl/status/statusor.h>

#include "agent/config/config.h"
#include "agent/config/settings.h"

namespace caliwatch {

// Where a configuration comes from. A running agent keeps it, to read the file again.
struct ConfigSource {
  std::string file;                            // empty: none
  std::map<std::string, SettingValues> flags;  // those given on the command line, by the setting's name
};

// The defaults, changed by the configuration file, changed by the flags. InvalidArgument and NotFound name what is
// wrong where.
absl::StatusOr<Config> LoadConfig(const ConfigSource& source);

}  // namespace caliwatch
