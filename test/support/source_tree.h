// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace caliwatch {

// One file of the product, as it stands in the source tree.
struct SourceFile {
  std::string path;  // "lib/decode/bird_time.cc"
  std::string text;

  bool is_header() const;
  std::string folder() const;                 // "lib/decode"
  std::string stem() const;                   // "bird_time"
  std::vector<std::string> includes() const;  // of the product: "lib/model/bird.h"
};

// All sources and headers of lib/ and agent/, by path.
const std::vector<SourceFile>& ProductFiles();
// Every match's first group.
std::vector<std::string> Matches(const std::string& text, const std::string& pattern);

}  // namespace caliwatch
