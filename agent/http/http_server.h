// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <absl/status/statusor.h>

#include "agent/http/http_message.h"

namespace caliwatch {

using HttpHandler = std::function<HttpResponse(const HttpRequest&)>;

// Serves `handler` over plain HTTP, from many threads at once. Slow clients are cut off after some seconds, so that a
// few of them cannot keep a scrape from being answered. Its destructor may wait for those seconds.
class HttpServer {
 public:
  // `addresses` as ListenAddress takes them. Unimplemented: IPv6, where the library has none. Unavailable: an address
  // cannot be listened on, as IPv6 where the kernel has none; the message names it and says what to do.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Start(const std::vector<std::string>& addresses,
                                                           HttpHandler handler);

  ~HttpServer();
  // In the order of `addresses`; where a 0 left the choice to the system, what it chose.
  std::vector<int> ports();

 private:
  struct Civet;  // keeps civetweb out of this header
  explicit HttpServer(std::unique_ptr<Civet> civet);

  std::unique_ptr<Civet> civet_;
};

}  // namespace caliwatch
