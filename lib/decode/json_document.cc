// SPDX-License-Identifier: Apache-2.0
#include "lib/decode/json_document.h"

#include <stdexcept>

#include <absl/strings/str_cat.h>
#include <nlohmann/json.hpp>

namespace caliwatch {

using Json = nlohmann::json;

absl::Status ParseJson(absl::string_view text, int most_depth, Json& json) {
  try {
    json = Json::parse(text.begin(), text.end(), [&](int depth, Json::parse_event_t, Json&) {
      if (depth > most_depth) throw std::invalid_argument("it is nested too deeply");
      return true;
    });
    return absl::OkStatus();
  } catch (const Json::parse_error& error) {
    return absl::InvalidArgumentError(absl::StrCat("it is no JSON, or cut off, at byte ", error.byte));
  } catch (const Json::exception&) {
    return absl::InvalidArgumentError("it holds a number that is too large");
  } catch (const std::invalid_argument& error) {
    return absl::InvalidArgumentError(error.what());
  }
}

}  // namespace caliwatch
