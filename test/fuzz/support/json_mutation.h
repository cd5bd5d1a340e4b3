// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include <absl/strings/string_view.h>

namespace caliwatch {

// `text` with one value of its JSON replaced, repeated, moved or taken out, so that it stays JSON. Bytes alone seldom
// get past a parser. Empty: it is no JSON, or what came of it is longer than `most`.
std::string MutatedJson(absl::string_view text, size_t most, unsigned seed);

}  // namespace caliwatch
