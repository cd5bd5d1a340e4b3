// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <ostream>
#include <string>

#include <absl/status/status.h>

namespace caliwatch {

// Writes `folder` with all the regular files in it as a tar archive (POSIX' ustar, with GNU's long names), in which it
// is called `name`. Anything but files and folders is left out. An error names the file that could not be read, or is
// too large for the format; `out` then holds half an archive, without an end.
absl::Status WriteTar(const std::filesystem::path& folder, const std::string& name, std::ostream& out);

}  // namespace caliwatch
