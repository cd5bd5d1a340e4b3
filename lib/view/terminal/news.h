// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <utility>

#include <absl/time/time.h>

#include "lib/analysis/report.h"

namespace caliwatch {

// What has become of a node since somebody looked at it last: findings that nothing explains which came, and which are
// over.
class News {
 public:
  // Somebody has seen this report: what is in it is no news.
  void See(const Report& report);
  // Lines for a terminal, against what was seen last; empty where there is no news, or nothing was ever seen.
  std::string Text(const Report& report, bool colour) const;

 private:
  using Ids = std::map<std::pair<std::string, std::string>, Severity>;  // check and subject

  static Ids IdsOf(const Report& report);

  Ids seen_;
  absl::Time seen_at_ = absl::InfinitePast();
};

}  // namespace caliwatch
