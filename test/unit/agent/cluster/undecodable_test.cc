// SPDX-License-Identifier: Apache-2.0
#include "agent/cluster/undecodable.h"

#include <string>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

#include "test/support/catch.h"

namespace caliwatch {
namespace {

TEST_CASE("one object that is not understood is named, more are counted, until they are understood") {
  Undecodable objects;
  CHECK(objects.status().ok());
  objects.Note("a", absl::InvalidArgumentError("Pod a: spec is no object"));
  CHECK(objects.status().message() == "not understood: Pod a: spec is no object");
  objects.Note("b", absl::InvalidArgumentError("Pod b: spec is no object"));
  CHECK(absl::EndsWith(objects.status().message(), ", and 1 more like it"));
  objects.Forget("a");
  objects.Forget("b");
  CHECK(objects.status().ok());
}

TEST_CASE("however many they are, they take bounded memory and are all counted") {
  Undecodable objects;
  for (size_t number = 0; number < Undecodable::kMost + 10; ++number)
    objects.Note(absl::StrCat(number), absl::InvalidArgumentError(std::string(10'000, 'x')));
  CHECK(absl::EndsWith(objects.status().message(), ", and 1009 more like it"));
  CHECK(objects.status().message().size() < 1'000);
}

}  // namespace
}  // namespace caliwatch
