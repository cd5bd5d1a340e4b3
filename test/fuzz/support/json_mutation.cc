// SPDX-License-Identifier: Apache-2.0
#include "test/fuzz/support/json_mutation.h"

#include <cstdint>
#include <iterator>
#include <limits>
#include <random>
#include <stdexcept>
#include <vector>

#include <nlohmann/json.hpp>

// libFuzzer's own.
extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

namespace caliwatch {
namespace {

using Json = nlohmann::json;
using Random = std::minstd_rand;

constexpr int kMostDepth = 64;

size_t Below(size_t bound, Random& random) { return random() % bound; }

void Collect(Json& json, std::vector<Json*>& all) {
  all.push_back(&json);
  if (json.is_structured())
    for (Json& inner : json) Collect(inner, all);
}

// What lies at the edge of a type, or beyond it.
Json Remarkable(Random& random) {
  static const auto* values = new std::vector<Json>{0,
                                                    1,
                                                    -1,
                                                    17,
                                                    1.5,
                                                    2.2e75,
                                                    -1e300,
                                                    std::numeric_limits<int32_t>::max(),
                                                    std::numeric_limits<uint32_t>::max(),
                                                    int64_t{1} << 53,
                                                    std::numeric_limits<int64_t>::max(),
                                                    std::numeric_limits<int64_t>::min(),
                                                    std::numeric_limits<uint64_t>::max(),
                                                    nullptr,
                                                    true,
                                                    "",
                                                    "10.0.0.1",
                                                    "fd00::/129",
                                                    Json::array(),
                                                    Json::object()};
  return (*values)[Below(values->size(), random)];
}

void MutateText(std::string& text) {
  std::string longer = text;
  longer.resize(text.size() + 32);
  longer.resize(LLVMFuzzerMutate(reinterpret_cast<uint8_t*>(longer.data()), text.size(), longer.size()));
  text = longer;
}

void TakeOut(Json& json, Random& random) {
  if (json.is_structured() && !json.empty())
    json.erase(std::next(json.begin(), static_cast<std::ptrdiff_t>(Below(json.size(), random))));
}

void PutIn(Json& json, const Json& value, Random& random) {
  if (json.is_array()) json.insert(json.begin() + static_cast<std::ptrdiff_t>(Below(json.size() + 1, random)), value);
  if (!json.is_object()) return;
  std::string key = json.empty() ? "" : std::next(json.begin(), Below(json.size(), random)).key();
  MutateText(key);
  json[key] = value;
}

void Mutate(Json& chosen, const Json& other, Random& random) {
  switch (Below(5, random)) {
    case 0:
      chosen = other;
      break;
    case 1:
      TakeOut(chosen, random);
      break;
    case 2:
      PutIn(chosen, other, random);
      break;
    case 3:
      if (chosen.is_string()) MutateText(chosen.get_ref<std::string&>());
      if (chosen.is_number_integer()) chosen = chosen.get<int64_t>() / 2 + static_cast<int64_t>(Below(3, random)) - 1;
      break;
    default:
      chosen = Remarkable(random);
  }
}

}  // namespace

std::string MutatedJson(absl::string_view text, size_t most, unsigned seed) {
  // Deeper than any of ours; what walks through it calls itself.
  const auto too_deep = [](int depth, Json::parse_event_t, Json&) {
    if (depth > kMostDepth) throw std::length_error("too deep");
    return true;
  };
  Json json;
  try {
    json = Json::parse(text, too_deep);
  } catch (const std::exception&) {
    return "";
  }
  Random random(seed);
  std::vector<Json*> all;
  Collect(json, all);
  const Json other = *all[Below(all.size(), random)];
  Mutate(*all[Below(all.size(), random)], other, random);
  std::string mutated = json.dump(-1, ' ', true, Json::error_handler_t::replace);
  return mutated.size() <= most ? mutated : "";
}

}  // namespace caliwatch
