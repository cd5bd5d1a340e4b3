// SPDX-License-Identifier: Apache-2.0
#include "agent/cluster/url_text.h"

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>

namespace caliwatch {

std::string UrlEscaped(absl::string_view text) {
  std::string escaped;
  for (const char byte : text) {
    const auto value = static_cast<unsigned char>(byte);
    if (absl::ascii_isalnum(value) || byte == '-' || byte == '.' || byte == '_' || byte == '~')
      escaped += byte;
    else
      absl::StrAppend(&escaped, "%", absl::Hex(value, absl::kZeroPad2));
  }
  return escaped;
}

}  // namespace caliwatch
