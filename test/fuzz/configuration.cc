// SPDX-License-Identifier: Apache-2.0

// The YAML of a configuration.

#include <string>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

#include "agent/config/config_file.h"
#include "agent/config/listen_address.h"
#include "lib/model/utf8.h"
#include "test/fuzz/support/cost.h"
#include "test/fuzz/support/input.h"
#include "test/fuzz/support/must.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace caliwatch;
  const std::string text(Input(data, size).rest());
  Config config;
  const absl::Status status = ApplyConfigText("file.yaml", text, config);
  Config again;
  Must(ApplyConfigText("file.yaml", text, again) == status, "a text always says the same", status.ToString());
  MustBeLinear({"poll: [", text, "]"}, [](const std::string& longer) {
    Config unused;
    (void)ApplyConfigText("file.yaml", longer.substr(0, 65536), unused);
  });
  if (!status.ok()) {
    Must(absl::StartsWith(status.message(), "file.yaml:"), "an error names the file", status.ToString());
    return 0;
  }
  Must(config.poll_interval > absl::ZeroDuration(), "polls are some time apart");
  Must(absl::StartsWith(config.telemetry_path, "/"), "metrics have a path", config.telemetry_path);
  Must(!config.listen_addresses.empty(), "the agent listens somewhere");
  for (const std::string& address : config.listen_addresses)
    Must(ListenAddress::Parse(address).ok(), "an address that was taken can be listened on", address);
  return 0;
}
