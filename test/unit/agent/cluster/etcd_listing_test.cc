// SPDX-License-Identifier: Apache-2.0
#include "agent/cluster/etcd_listing.h"

#include <string>
#include <vector>

#include <absl/strings/escaping.h>
#include <absl/strings/str_cat.h>
#include <nlohmann/json.hpp>

#include "test/support/catch.h"
#include "test/support/status_says.h"

namespace caliwatch {
namespace {

using Json = nlohmann::json;

std::string Page(const std::vector<std::string>& keys, int count, bool more = false) {
  Json pairs = Json::array();
  for (const std::string& key : keys) pairs.push_back({{"key", absl::Base64Escape(key)}});
  return Json{{"header", {{"revision", "57"}}}, {"kvs", pairs}, {"count", std::to_string(count)}, {"more", more}}
      .dump();
}

absl::Status Take(EtcdListing& listing, const std::string& page) {
  return listing.TakePage(page, [](const Json&) { return absl::OkStatus(); });
}

std::string FromKey(const EtcdListing& listing) {
  std::string key;
  absl::Base64Unescape(listing.NextCall().at("key").get<std::string>(), &key);
  return key;
}

TEST_CASE("each page begins behind the last key of the one before, at its revision, one prefix after the other") {
  EtcdListing listing;
  CHECK(FromKey(listing) == "/calico/ipam/");
  CHECK(listing.NextCall().at("revision") == 0);
  REQUIRE(Take(listing, Page({"/calico/ipam/a", "/calico/ipam/b"}, 3, true)).ok());
  CHECK(FromKey(listing) == absl::StrCat("/calico/ipam/b", std::string(1, '\0')));
  CHECK(listing.NextCall().at("revision") == 57);
  REQUIRE(Take(listing, Page({"/calico/ipam/c"}, 1)).ok());
  CHECK(FromKey(listing) == "/calico/resources/");
  CHECK_FALSE(listing.done());
  REQUIRE(Take(listing, Page({}, 0)).ok());
  CHECK(listing.done());
  CHECK(listing.revision() == 57);
}

TEST_CASE("a listing that goes back, has another number of keys than it says, or no end is refused") {
  EtcdListing back;
  REQUIRE(Take(back, Page({"/calico/ipam/b"}, 3, true)).ok());
  CHECK(absl::IsResourceExhausted(Take(back, Page({"/calico/ipam/a"}, 2, true))));
  EtcdListing nothing;
  CHECK(absl::IsResourceExhausted(Take(nothing, Page({}, 3, true))));
  EtcdListing fewer;
  CHECK(Says(Take(fewer, Page({"/calico/ipam/a"}, 2)), "another number of keys"));
  EtcdListing endless;
  absl::Status status;
  int pages = 0;
  for (; status.ok() && pages <= EtcdListing::kMostPages; ++pages)
    status = Take(endless, Page({absl::StrCat("/calico/ipam/", 1'000'000 + pages)}, 3, true));
  CHECK(absl::IsResourceExhausted(status));
  CHECK(pages == EtcdListing::kMostPages);
}

TEST_CASE("what is taken of a page may refuse it") {
  EtcdListing listing;
  const auto refuse = [](const Json&) { return absl::DataLossError("no"); };
  CHECK(Says(listing.TakePage(Page({"/calico/ipam/a"}, 1), refuse), "no"));
}

}  // namespace
}  // namespace caliwatch
