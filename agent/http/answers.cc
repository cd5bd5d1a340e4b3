// SPDX-License-Identifier: Apache-2.0
#include "agent/http/answers.h"

#include <utility>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

#include "agent/build/embedded.h"
#include "agent/http/gzip.h"

namespace caliwatch {
namespace {

std::string TypeOf(absl::string_view file) {
  if (absl::EndsWith(file, ".css")) return "text/css; charset=utf-8";
  if (absl::EndsWith(file, ".js")) return "text/javascript; charset=utf-8";
  return "image/svg+xml";
}

}  // namespace

HttpResponse TextAnswer(int status, std::string text) {
  return {.status = status,
          .headers = {{"Content-Type", "text/plain; charset=utf-8"}},
          .body = std::make_shared<const std::string>(std::move(text))};
}

HttpResponse MetricsAnswer(bool gzipped, SharedBody::Bytes body) {
  HttpResponse response{
      .headers = {{"Content-Type", "text/plain; version=0.0.4; charset=utf-8"}, {"Vary", "Accept-Encoding"}},
      .body = std::move(body)};
  if (gzipped) response.headers.emplace_back("Content-Encoding", "gzip");
  return response;
}

HttpResponse PageAnswer(std::string type, bool gzipped, SharedBody::Bytes body) {
  HttpResponse response{.headers = {{"Content-Type", std::move(type)},
                                    {"Vary", "Accept-Encoding"},
                                    {"Cache-Control", "no-store"},
                                    {"X-Content-Type-Options", "nosniff"}},
                        .body = std::move(body)};
  if (gzipped) response.headers.emplace_back("Content-Encoding", "gzip");
  return response;
}

HttpResponse HtmlAnswer(bool gzipped, SharedBody::Bytes body) {
  HttpResponse response = PageAnswer("text/html; charset=utf-8", gzipped, std::move(body));
  response.headers.emplace_back("Content-Security-Policy",
                                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src "
                                "'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
  response.headers.emplace_back("Referrer-Policy", "no-referrer");
  return response;
}

HttpResponse WebFileAnswer(const HttpRequest& request) {
  for (const EmbeddedFile& file : WebFiles())
    if (request.path.substr(1) == file.name) {
      const bool gzipped = AcceptsGzip(request.accept_encoding);
      return PageAnswer(TypeOf(file.name), gzipped,
                        SharedBody().Get(0, gzipped, [&] { return std::string(file.text); }));
    }
  return TextAnswer(404, "There is no such file.\n");
}

std::string AgeSince(std::chrono::steady_clock::time_point then) {
  return absl::StrCat(std::chrono::floor<std::chrono::seconds>(std::chrono::steady_clock::now() - then).count() + 1);
}

HttpResponse WrongMethodAnswer() {
  HttpResponse refusal = TextAnswer(405, "Only GET and HEAD are answered here.\n");
  refusal.headers.emplace_back("Allow", "GET, HEAD");
  return refusal;
}

}  // namespace caliwatch
