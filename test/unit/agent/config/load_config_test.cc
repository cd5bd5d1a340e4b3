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

TEST_CASE("watched routes are prefixes, each once, and a few") {
  ConfigSource source;
  const auto refusal = [&](const std::vector<std::string>& values) {
    source.flags = {{"routes.watched", values}};
    return std::string(LoadConfig(source).status().message());
  };
  CHECK(refusal({"10.20.0.0/16", "fd00::/8", "0.0.0.0/0"}).empty());
  CHECK(LoadConfig(source)->watched_routes.size() == 3);
  CHECK(refusal({""}).empty());
  CHECK(LoadConfig(source)->watched_routes.empty());
  CHECK(refusal({"10.20.0.1/16"}) ==
        "--routes.watched: '10.20.0.1/16' is an address within a prefix: write 10.20.0.0/16");
  CHECK(refusal({"office"}) == "--routes.watched: 'office' is no IP address: write one as 10.20.0.0/16");
  CHECK(refusal({"10.20.0.0/16", "10.20.0.0/16"}) == "--routes.watched: '10.20.0.0/16' is there twice");
  CHECK(refusal(std::vector<std::string>(21, "10.20.0.0/16")) ==
        "--routes.watched: has 21 prefixes, and 20 are the most: name the few that matter");
}

}  // namespace
}  // namespace caliwatch
