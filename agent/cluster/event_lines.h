// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include <absl/functional/function_ref.h>
#include <absl/status/status.h>
#include <absl/strings/string_view.h>

namespace caliwatch {

// A stream of events, one a line, that comes in pieces of any size.
class EventLines {
 public:
  static constexpr size_t kMostLine = 8 << 20;  // bytes

  // Calls `take` with each line that is whole now; its first error is the result. ResourceExhausted: a line has no end.
  absl::Status Take(absl::string_view bytes, absl::FunctionRef<absl::Status(absl::string_view)> take);
  // Nothing of a line that is not whole is left.
  bool at_line_end() const { return line_.empty(); }
  void Clear() { line_.clear(); }

 private:
  std::string line_;  // what has come of the one that is not whole
};

}  // namespace caliwatch
