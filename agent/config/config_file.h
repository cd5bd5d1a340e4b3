// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <absl/status/status.h>
#include <absl/strings/string_view.h>

#include "agent/config/config.h"

namespace caliwatch {

// What is missing where one looks for TLS or a login, as other exporters have them, and what there is instead.
inline constexpr char kPlainHttpAlone[] =
    "is not there: the agent serves plain HTTP alone, since the TLS of its HTTP library, civetweb, crashes with "
    "OpenSSL 3. For TLS and authorization put kube-rbac-proxy before it: docs/operations.md";

// Sets in `config` what the YAML file at `path` says: groups named by the first word of a setting, in them the rest,
//   web:
//     listen-address: [":10179"]
//   poll:
//     interval: 5s
// Errors name file, line, column and key. `config` is then half set.
absl::Status ApplyConfigFile(const std::string& path, Config& config);

// The same for the file's text; `path` only names it.
absl::Status ApplyConfigText(const std::string& path, const std::string& text, Config& config);

}  // namespace caliwatch
