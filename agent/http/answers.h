// SPDX-License-Identifier: Apache-2.0
#pragma once

// Answers that both of our servers give: the agent's, and that of a cluster's IPAM.

#include <chrono>
#include <string>

#include <absl/strings/string_view.h>

#include "agent/http/http_message.h"
#include "agent/http/shared_body.h"

namespace caliwatch {

HttpResponse TextAnswer(int status, std::string text);
// In Prometheus' text format.
HttpResponse MetricsAnswer(bool gzipped, SharedBody::Bytes body);
// Of any other type; `body` is compressed where `gzipped`.
HttpResponse PageAnswer(std::string type, bool gzipped, SharedBody::Bytes body);
// A page of HTML that may load what is ours, and nothing else.
HttpResponse HtmlAnswer(bool gzipped, SharedBody::Bytes body);
// One of WebFiles(); 404 where there is none of that name.
HttpResponse WebFileAnswer(const HttpRequest& request);
// 405: neither GET nor HEAD.
HttpResponse WrongMethodAnswer();

// For the header Age: how old what is served is, whatever the reader's clock says, rounded up to seconds.
std::string AgeSince(std::chrono::steady_clock::time_point then);

// A scrape does not say what language it wants; a browser does, and it may be the tool of a foreign page.
inline bool IsBrowsers(const HttpRequest& request) { return !request.accept_language.empty(); }

inline bool IsReading(const HttpRequest& request) { return request.method == "GET" || request.method == "HEAD"; }

}  // namespace caliwatch
