// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include <absl/functional/function_ref.h>
#include <absl/strings/string_view.h>

namespace caliwatch {

// A text of any length: `piece`, again and again, between `head` and `tail`.
struct Repeated {
  absl::string_view head, piece, tail;
};

// Time grows with the input, not with its square: `work` on 256 KiB of the text takes at most three times as long a
// byte as on 32 KiB of it. This costs some hundred times what playing an input does, so that one piece in 256 is
// measured, always the same.
void MustBeLinear(const Repeated& text, absl::FunctionRef<void(const std::string&)> work);

}  // namespace caliwatch
