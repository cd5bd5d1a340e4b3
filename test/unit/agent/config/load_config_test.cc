// SPDX-License-Identifier: Apache-2.0
#include "agent/config/load_config.h"

#include <string>

#include "test/support/catch.h"
#include "test/support/temporary_folder.h"

namespace caliwatch {
namespace {

TEST_CASE("a flag goes before the file, and the file before the default") {
  const TemporaryFolder folder;
  Write(folder / "c.yaml", "poll: {interval: 7s}\nlog: {level: warn}\nweb: {listen-address: [':1', ':2']}\n");
  ConfigSource source;
  source.file = folder / "c.yaml";
  source.flags = {{"log.level", {"error"}}, {"web.listen-address", {":3"}}};
  const auto config = LoadConfig(source);
  REQUIRE(config.ok());
  CHECK(config->poll_interval == absl::Seconds(7));
  CHECK(config->log_level == LogLevel::kError);
  CHECK(config->listen_addresses == std::vector<std::string>{":3"});
  CHECK(config->log_format == LogFormat::kLogfmt);
}

TEST_CASE("a wrong flag is named as it was written") {
  ConfigSource source;
  source.flags = {{"poll.interval", {"soon"}}};
  CHECK(LoadConfig(source).status().message() ==
        "--poll.interval: 'soon' is no duration: write a number with its unit, as 5s or 1m30s");
  source.flags = {{"poll.interval", {"5s", "6s"}}};
  CHECK(LoadConfig(source).status().message() == "--poll.interval: takes one value, not 2");
}

}  // namespace
}  // namespace caliwatch
