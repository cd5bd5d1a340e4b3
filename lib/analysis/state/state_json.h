// SPDX-License-Identifier: Apache-2.0
#pragma once

// The parts of the state file's first line. Moments and durations are whole nanoseconds. What reads throws
// nlohmann::json::exception, or std::invalid_argument, at what it cannot take.

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "lib/analysis/convergence/convergence.h"

namespace caliwatch {

nlohmann::json JsonOf(absl::Duration duration);
nlohmann::json JsonOf(const std::optional<absl::Duration>& moment);  // null for none
nlohmann::json BootTimesJson(const std::deque<BootTime>& moments);
nlohmann::json JsonOf(const RouteGaps& gaps);
nlohmann::json JsonOf(const std::optional<Episode>& episode);
nlohmann::json JsonOf(const EpisodeSummary& summary);
nlohmann::json JsonOf(const ConvergenceCounts& counts);
nlohmann::json JsonOf(const std::map<std::string, ExpectedPeer>& peers);

nlohmann::json CountJson(uint64_t count);  // at most what CountFrom takes

// A whole number within bounds: 2.2e75, 1.5 and what is no number are refused, since no integer holds them.
int64_t WholeFrom(const nlohmann::json& json, int64_t least, int64_t most);
uint64_t CountFrom(const nlohmann::json& json);
absl::Time TimeFrom(const nlohmann::json& json);
absl::Duration DurationFrom(const nlohmann::json& json);
std::optional<absl::Duration> OptionalFrom(const nlohmann::json& json);
std::deque<BootTime> BootTimesFrom(const nlohmann::json& json);
Prefix PrefixFrom(const std::string& text);
RouteGaps GapsFrom(const nlohmann::json& json);
std::optional<Episode> EpisodeFrom(const nlohmann::json& json);
EpisodeSummary SummaryFrom(const nlohmann::json& json);
ConvergenceCounts CountsFrom(const nlohmann::json& json);

}  // namespace caliwatch
