// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <absl/strings/string_view.h>

namespace caliwatch {

struct HttpRequest {
  absl::string_view method;                // "GET"
  absl::string_view path;                  // without query, decoded
  absl::string_view host = "";             // as the client calls this server, port and all; empty: it does not say
  absl::string_view accept_encoding = "";  // empty: none given
  absl::string_view accept_language = "";  // browsers always have one
  absl::string_view query = "";            // as it came, without its '?'
  absl::string_view remote = "";           // the address of who asks; that of IPv4 is never one mapped into IPv6
};

struct HttpResponse {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::shared_ptr<const std::string> body;  // never null
};

}  // namespace caliwatch
