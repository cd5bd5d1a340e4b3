// SPDX-License-Identifier: Apache-2.0
#include "lib/anonymize/keyed_hash.h"

#include <set>
#include <string>

#include "test/support/catch.h"

namespace caliwatch {

TEST_CASE("the hash is SipHash-2-4: the example of its paper") {
  std::string message;
  for (char byte = 0; byte < 15; ++byte) message += byte;
  CHECK(KeyedHash({0x0706050403020100, 0x0f0e0d0c0b0a0908})(message) == 0xa129ca6149be45e5);
}

TEST_CASE("each length, and each key, gives another hash") {
  std::set<uint64_t> hashes;
  for (uint64_t key = 0; key < 3; ++key)
    for (size_t length = 0; length < 40; ++length) hashes.insert(KeyedHash({key, 7})(std::string(length, 'a')));
  CHECK(hashes.size() == 120);
}

}  // namespace caliwatch
