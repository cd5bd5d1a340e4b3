// SPDX-License-Identifier: Apache-2.0
#pragma once

// What Calico keeps in etcd, page by page and all of it at one revision.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include <absl/functional/function_ref.h>
#include <absl/status/status.h>
#include <absl/strings/string_view.h>
#include <nlohmann/json_fwd.hpp>

namespace caliwatch {

// Of what Calico keeps, what has to do with addresses: not what Felix reports, which changes all the time.
inline constexpr std::array<absl::string_view, 2> kEtcdPrefixes = {"/calico/ipam/", "/calico/resources/"};

class EtcdListing {
 public:
  static constexpr int kPage = 500, kMostPages = 2'000;  // keys of one; pages of all

  // The body of the next page's call, /v3/kv/range.
  nlohmann::json NextCall() const;
  // Calls `take` with each key and value of the answer's body; its first error is the result. DataLoss: the answer is
  // wrong. ResourceExhausted: the list has no end.
  absl::Status TakePage(const std::string& body, absl::FunctionRef<absl::Status(const nlohmann::json&)> take);
  bool done() const { return prefix_ == kEtcdPrefixes.size(); }
  // Of all of it; 0: no page has come yet.
  int64_t revision() const { return revision_; }

 private:
  absl::Status TurnPage(const std::string& last, bool more);

  size_t prefix_ = 0;                                 // that is being listed
  std::string from_ = std::string(kEtcdPrefixes[0]);  // the key that the next page begins at
  int64_t revision_ = 0;
  int64_t keys_left_ = 0;  // of the prefix, to come
  int pages_ = 0;
};

}  // namespace caliwatch
