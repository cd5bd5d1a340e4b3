// SPDX-License-Identifier: Apache-2.0
#include "lib/view/words.h"

#include <utility>

#include "test/support/catch.h"

namespace caliwatch {
namespace {

TEST_CASE("ages are told in their two largest units") {
  for (const auto& [age, text] :
       {std::pair(absl::Seconds(0), "0 s"), std::pair(absl::Seconds(-5), "0 s"),
        std::pair(absl::Milliseconds(59999), "59 s"), std::pair(absl::Seconds(60), "1 min 0 s"),
        std::pair(absl::Seconds(3599), "59 min 59 s"), std::pair(absl::Hours(3) + absl::Minutes(12), "3 h 12 min"),
        std::pair(absl::Hours(24), "1 d 0 h"), std::pair(absl::Hours(24 * 400 + 5), "400 d 5 h")})
    CHECK(AgeText(age) == text);
}

}  // namespace
}  // namespace caliwatch
