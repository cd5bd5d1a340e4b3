// SPDX-License-Identifier: Apache-2.0
#include "agent/http/shared_body.h"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "agent/http/gzip.h"
#include "test/support/catch.h"

namespace caliwatch {
namespace {

TEST_CASE("readers at once, plain or gzipped, share what is made once") {
  std::atomic<int> made = 0;
  SharedBody body;
  std::vector<SharedBody::Bytes> read(50);
  {
    std::vector<std::jthread> readers;
    for (size_t i = 0; i < read.size(); ++i)
      readers.emplace_back([&, i] { read[i] = body.Get(1, i % 2 == 1, [&] { return ++made, std::string("text"); }); });
  }
  CHECK(made == 1);
  for (size_t i = 2; i < read.size(); ++i) CHECK(read[i] == read[i - 2]);  // the same bytes, not equal ones
  CHECK(*read[0] == "text");
  CHECK(*read[1] == Gzip("text"));
}

TEST_CASE("another version is made anew, also gzipped, and who has the one before keeps it") {
  SharedBody body;
  const SharedBody::Bytes first = body.Get(1, true, [] { return std::string("one"); });
  CHECK(*body.Get(2, true, [] { return std::string("two"); }) == Gzip("two"));
  CHECK(*body.Get(2, false, [] { return std::string("never made"); }) == "two");
  CHECK(*body.Get(1, false, [] { return std::string("never made"); }) == "two");  // who waited, meanwhile
  CHECK(*first == Gzip("one"));
}

}  // namespace
}  // namespace caliwatch
