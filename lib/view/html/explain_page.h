// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <absl/strings/string_view.h>

#include "lib/view/topics.h"

namespace caliwatch {

// What checks and alerts mean, as HTML documents. `to_root`: from the page's own address to the front page, "" or
// "../". They load status.css, explain.css and icon.svg from there, and link to each other at explain/NAME.
std::string ExplainListPage(const std::vector<Runbook>& runbooks, absl::string_view to_root);
std::string ExplainTopicPage(const Topic& topic, const std::vector<Runbook>& runbooks, absl::string_view to_root);
// There is no topic `name`; it says which are like it.
std::string ExplainUnknownPage(absl::string_view name, const std::vector<Runbook>& runbooks, absl::string_view to_root);

}  // namespace caliwatch
