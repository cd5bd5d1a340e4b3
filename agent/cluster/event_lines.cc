// SPDX-License-Identifier: Apache-2.0
#include "agent/cluster/event_lines.h"

#include <absl/strings/str_cat.h>

namespace caliwatch {

absl::Status EventLines::Take(absl::string_view bytes, absl::FunctionRef<absl::Status(absl::string_view)> take) {
  for (size_t end; (end = bytes.find('\n')) != absl::string_view::npos; bytes.remove_prefix(end + 1)) {
    absl::StrAppend(&line_, bytes.substr(0, end));
    const absl::Status taken = line_.empty() ? absl::OkStatus() : take(line_);
    line_.clear();
    if (!taken.ok()) return taken;
  }
  if (line_.size() + bytes.size() > kMostLine)
    return absl::ResourceExhaustedError(absl::StrCat("sent an event of more than ", kMostLine, " bytes"));
  absl::StrAppend(&line_, bytes);
  return absl::OkStatus();
}

}  // namespace caliwatch
