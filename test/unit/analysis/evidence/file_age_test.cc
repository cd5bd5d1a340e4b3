// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/evidence/file_age.h"

#include "test/support/catch.h"

namespace caliwatch {
namespace {

const absl::Time kWritten = absl::FromUnixSeconds(1'800'000'000);

Moment At(absl::Duration up, absl::Duration behind_writing) { return {up, kWritten + behind_writing}; }

TEST_CASE("a file's age is that by the wall clock while nobody sets it") {
  FileAge age;
  CHECK(age.Follow(kWritten, At(absl::Hours(1), absl::Hours(3))) == absl::Hours(3));
  CHECK(age.Follow(kWritten, At(absl::Hours(2), absl::Hours(4))) == absl::Hours(4));
  CHECK(age.Follow(kWritten + absl::Hours(4), At(absl::Hours(3), absl::Hours(5))) == absl::Hours(1));
}

TEST_CASE("a clock that is set forward makes no file old") {
  FileAge age;
  age.Follow(kWritten, At(absl::Hours(1), absl::Hours(3)));
  CHECK(age.Follow(kWritten, At(absl::Hours(2), absl::Hours(100))) == absl::Hours(4));
}

TEST_CASE("a clock that was ahead when it was seen first makes no file old once it is set right") {
  FileAge age;
  CHECK(age.Follow(kWritten, At(absl::Minutes(1), absl::Hours(1000))) == absl::Hours(1000));
  CHECK(age.Follow(kWritten, At(absl::Minutes(2), absl::Hours(3))) == absl::Hours(3));
}

TEST_CASE("a file that is old is found so once a clock from before its writing is set right") {
  FileAge age;
  CHECK(age.Follow(kWritten, At(absl::Minutes(1), -absl::Hours(1000))) < absl::ZeroDuration());
  CHECK(age.Follow(kWritten, At(absl::Minutes(2), absl::Hours(50))) == absl::Hours(50));
}

}  // namespace
}  // namespace caliwatch
