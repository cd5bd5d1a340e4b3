// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <absl/strings/string_view.h>

namespace caliwatch {

// Whether a request's Accept-Encoding (RFC 9110 §12.5.3; empty: none given) takes gzip.
bool AcceptsGzip(absl::string_view accept_encoding);

// RFC 1952. Fast rather than small: it is done on every poll, on every node.
std::string Gzip(absl::string_view content);

}  // namespace caliwatch
