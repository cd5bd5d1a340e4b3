// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>

#include "agent/http/http_message.h"

namespace caliwatch {

using HttpHandler = std::function<HttpResponse(const HttpRequest&)>;

struct HttpServerOptions {
  absl::string_view setting = "web.listen-address";  // that gave the addresses
  size_t threads = 16;                               // some 30 KB of memory each
};

// Serves `handler` over plain HTTP, from many threads at once. Who is slow, and who comes with many connections,
// does not keep others from being answered: lobby.h says how. Its destructor may wait for two seconds.
class HttpServer {
 public:
  // `addresses` as ListenAddress takes them. Unimplemented: IPv6, where the library has none. Unavailable: an address
  // cannot be listened on, as IPv6 where the kernel has none; the message names it and says what to do.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Start(const std::vector<std::string>& addresses,
                                                           HttpHandler handler, HttpServerOptions options = {});

  ~HttpServer();
  // In the order of `addresses`; where a 0 left the choice to the system, what it chose.
  std::vector<int> ports();

 private:
  struct Civet;  // keeps civetweb out of this header
  explicit HttpServer(std::unique_ptr<Civet> civet);

  std::unique_ptr<Civet> civet_;
};

}  // namespace caliwatch
