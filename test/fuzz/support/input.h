// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include <absl/strings/string_view.h>

namespace caliwatch {

// What libFuzzer made up, taken from its front. Beyond its end all is 0 and empty.
class Input {
 public:
  Input(const uint8_t* data, size_t size) : rest_(reinterpret_cast<const char*>(data), size) {}
  explicit Input(absl::string_view bytes) : rest_(bytes) {}

  bool empty() const { return rest_.empty(); }
  absl::string_view rest() const { return rest_; }

  absl::string_view Take(size_t size) {
    const absl::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(taken.size());
    return taken;
  }
  uint8_t Byte() { return rest_.empty() ? uint8_t{0} : static_cast<uint8_t>(Take(1)[0]); }
  size_t Below(size_t bound) { return Byte() % bound; }  // of at most 256
  // Up to `end`, which is passed over; all where there is none.
  absl::string_view Until(absl::string_view end) {
    const size_t at = rest_.find(end);
    const absl::string_view taken = Take(at == absl::string_view::npos ? rest_.size() : at);
    Take(end.size());
    return taken;
  }

 private:
  absl::string_view rest_;
};

}  // namespace caliwatch
