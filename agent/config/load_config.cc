// SPDX-License-Identifier: Apache-2.0
#include "agent/config/load_config.h"

#include <absl/strings/str_cat.h>

#include "agent/config/config_file.h"

namespace caliwatch {

absl::StatusOr<Config> LoadConfig(const ConfigSource& source) {
  Config config;
  if (!source.file.empty())
    if (absl::Status status = ApplyConfigFile(source.file, config); !status.ok()) return status;
  for (const Setting& setting : AllSettings()) {
    const auto given = source.flags.find(std::string(setting.name));
    if (given == source.flags.end()) continue;
    if (const absl::Status status = Apply(setting, given->second, config); !status.ok())
      return absl::InvalidArgumentError(absl::StrCat("--", setting.name, ": ", status.message()));
  }
  return config;
}

}  // namespace caliwatch
