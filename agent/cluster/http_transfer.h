// SPDX-License-Identifier: Apache-2.0
#pragma once

// One call as libcurl makes it: for Transfers alone, which has many of them.

#include <array>
#include <cstddef>
#include <memory>
#include <string>

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <curl/curl.h>

#include "agent/cluster/transfers.h"

namespace caliwatch {

struct FreeCurlList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

// One call on its way.
struct HttpTransfer {
  HttpCall call;
  Transfers::OnEnd on_end;
  Transfers::OnBytes on_bytes;
  HttpReply reply = {};
  absl::Status refused = {};  // why we ended it ourselves
  size_t header_bytes = 0;
  std::unique_ptr<curl_slist, FreeCurlList> headers = {};
  std::array<char, CURL_ERROR_SIZE> words = {};  // libcurl's own of what went wrong
  CURL* handle = nullptr;
};

// InvalidArgument: the address is none of HTTP, or has a user or password in it, which would be told wherever the place
// is.
absl::Status CheckUrl(const std::string& url);

// Gives its handle all that the call says. The handle keeps pointers into the transfer.
void Prepare(HttpTransfer& transfer);

// How it ended, as OnEnd has it; takes the reply out of it.
absl::StatusOr<HttpReply> Outcome(HttpTransfer& transfer, CURLcode result);

}  // namespace caliwatch
