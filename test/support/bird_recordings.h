// SPDX-License-Identifier: Apache-2.0
#pragma once

// Answers of real BIRD daemons: test/recordings/bird/README.md. A recording is named by its path there,
// "1.6.8/zoo__show_status.txt".

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include <absl/strings/ascii.h>
#include <absl/strings/match.h>
#include <absl/strings/str_split.h>

#include "lib/decode/bird_answers.h"

namespace caliwatch {

inline std::filesystem::path BirdRecordings() { return CALIWATCH_SOURCE_DIR "/test/recordings/bird"; }

inline std::string ReadBirdRecording(const std::string& name) {
  std::ifstream file(BirdRecordings() / name, std::ios::binary);
  if (!file) throw std::runtime_error("no recording " + name);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Those with `part` in their name, in order.
inline std::vector<std::string> BirdRecordingsOf(const std::string& part) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(BirdRecordings())) {
    const std::string name = entry.path().lexically_relative(BirdRecordings()).string();
    if (entry.is_regular_file() && absl::StrContains(name, part)) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

// "1.6.8/zoo" of "1.6.8/zoo__show_route.txt".
inline std::string SituationOf(const std::string& recording) { return recording.substr(0, recording.find("__")); }

// Of a recording of `show status`; "-" stands for none.
inline BirdClock ClockFrom(const std::string& recording) {
  if (recording == "-") return {};
  return BirdClockFrom(ReadBirdRecording(recording)).value();
}

// The rows that expected_….txt has of one recording, one text a column.
struct ExpectedRows {
  std::string recording;
  std::string clock;
  std::vector<std::vector<std::string>> rows;
};

inline std::vector<ExpectedRows> ReadExpectedRows(const std::string& file) {
  std::vector<ExpectedRows> expected;
  const std::string text = ReadBirdRecording(file);
  for (absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    if (absl::StartsWith(line, "#")) continue;
    if (absl::StartsWith(line, "@")) {
      const std::vector<std::string> words = absl::StrSplit(line, ' ');
      expected.push_back({words.at(1), words.at(3), {}});
      continue;
    }
    std::vector<std::string> columns;
    for (const absl::string_view column : absl::StrSplit(line, '|'))
      columns.emplace_back(absl::StripAsciiWhitespace(column));
    expected.back().rows.push_back(columns);
  }
  return expected;
}

}  // namespace caliwatch
