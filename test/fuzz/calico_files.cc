// SPDX-License-Identifier: Apache-2.0

// Calico's files, and the names that its folder of endpoints lists. The first byte says which file; of an endpoint, its
// name goes up to the first line break.

#include "lib/decode/calico_files.h"

#include <algorithm>
#include <string>
#include <vector>

#include <absl/strings/str_cat.h>

#include "lib/decode/felix_health.h"
#include "lib/model/utf8.h"
#include "lib/node/recording_format.h"
#include "test/fuzz/support/cost.h"
#include "test/fuzz/support/input.h"
#include "test/fuzz/support/json_mutation.h"
#include "test/fuzz/support/must.h"

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

namespace caliwatch {
namespace {

constexpr size_t kKinds = 5, kEndpoint = 4;

void PlayName(absl::string_view name) {
  const std::string recorded = RecordedName(name);
  Must(recorded.find('/') == std::string::npos || name.find('/') != absl::string_view::npos,
       "a recorded name leads nowhere", recorded);
  const absl::StatusOr<std::string> again = NameFromRecorded(recorded);
  Must(again.ok() && *again == name, "a name comes back from a recording as it was", recorded);
}

void PlayEndpoint(absl::string_view name, absl::string_view content) {
  const absl::StatusOr<Endpoint> endpoint = EndpointFrom(name, content);
  PlayName(name);
  MustBeLinear({R"({"a":")", content, R"("})"},
               [](const std::string& text) { (void)EndpointFrom("k8s default%2Fweb eth0", text); });
  MustBeLinear({"", name, ""}, [](const std::string& text) { (void)EndpointFrom(text, "{}"); });
  if (!endpoint.ok()) {
    Must(IsValidUtf8(endpoint.status().message()), "an error can be shown", endpoint.status().message());
    return;
  }
  for (const Prefix& prefix : endpoint->prefixes)
    Must(Prefix::Parse(prefix.ToString()).value() == prefix, "a prefix can be read as it is written",
         prefix.ToString());
}

template <class Value>
void PlayText(absl::StatusOr<Value> (*decode)(absl::string_view), absl::string_view content) {
  const absl::StatusOr<Value> value = decode(content);
  if (!value.ok()) Must(IsValidUtf8(value.status().message()), "an error can be shown", value.status().message());
  MustBeLinear({"", content, "\n"}, [&](const std::string& text) { (void)decode(text); });
}

}  // namespace
}  // namespace caliwatch

// Of an endpoint, every other time a value of its JSON.
extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size, unsigned seed) {
  using namespace caliwatch;
  Input input(data, size);
  const bool is_endpoint = input.Below(kKinds) == kEndpoint;
  input.Until("\n");
  const size_t head = size - input.rest().size();
  const std::string mutated = is_endpoint && seed % 2 == 0 ? MutatedJson(input.rest(), max_size - head, seed) : "";
  if (mutated.empty()) return LLVMFuzzerMutate(data, size, max_size);
  std::copy(mutated.begin(), mutated.end(), data + head);
  return head + mutated.size();
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace caliwatch;
  Input input(data, size);
  switch (input.Below(kKinds)) {
    case 0:
      PlayText(NodeNameFrom, input.rest());
      break;
    case 1:
      PlayText(MtuFrom, input.rest());
      break;
    case 2:
      PlayText(CniKubeconfigFrom, input.rest());
      break;
    case 3:
      PlayText(FelixHealthFrom, input.rest());
      break;
    default:
      const absl::string_view name = input.Until("\n");
      PlayEndpoint(name, input.rest());
  }
  return 0;
}
