// SPDX-License-Identifier: Apache-2.0
#include "agent/cluster/secrets.h"

#include <string>

#include <absl/strings/escaping.h>
#include <absl/strings/str_cat.h>

#include "test/support/catch.h"

namespace caliwatch {
namespace {

TEST_CASE("a secret is in no text, neither as it is nor as base64 has it") {
  Secrets secrets;
  secrets.Add("hunter2-and-more");
  CHECK(secrets.Without("the token hunter2-and-more is bad") == "the token (secret) is bad");
  CHECK(secrets.Without(absl::StrCat("<", absl::Base64Escape("hunter2-and-more"), ">")) == "<(secret)>");
  CHECK(secrets.Without(absl::UnavailableError("no hunter2-and-more")) == absl::UnavailableError("no (secret)"));
  CHECK(secrets.Without(absl::OkStatus()).ok());
}

TEST_CASE("an empty or short secret spoils no text, and old ones are forgotten") {
  Secrets secrets;
  secrets.Add("");
  secrets.Add("a");
  CHECK(secrets.Without("a plain text") == "a plain text");
  secrets.Add("first-secret");
  for (size_t number = 0; number < Secrets::kMost; ++number) secrets.Add(absl::StrCat("secret-number-", number, "!"));
  CHECK(secrets.Without("first-secret") == "first-secret");
  CHECK(secrets.Without("secret-number-0!") == "(secret)");
}

}  // namespace
}  // namespace caliwatch
