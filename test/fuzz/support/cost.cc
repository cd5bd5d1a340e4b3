// SPDX-License-Identifier: Apache-2.0
#include "test/fuzz/support/cost.h"

#include <algorithm>
#include <cstdint>
#include <ctime>

#include <absl/strings/str_cat.h>

#include "test/fuzz/support/must.h"

namespace caliwatch {
namespace {

constexpr size_t kShort = 32 << 10, kLong = 256 << 10;
constexpr double kGrowth = 3;     // 8 if it grew with the square
constexpr double kNoise = 0.020;  // seconds
constexpr int kAttempts = 4;      // another process may have emptied the caches meanwhile

double CpuSeconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

std::string TextOf(const Repeated& text, size_t bytes) {
  std::string all(text.head);
  while (all.size() < bytes) absl::StrAppend(&all, text.piece);
  absl::StrAppend(&all, text.tail);
  return all;
}

double CostOf(const std::string& text, absl::FunctionRef<void(const std::string&)> work) {
  const double begin = CpuSeconds();
  work(text);
  return CpuSeconds() - begin;
}

// FNV-1a: the same in every build.
uint32_t HashOf(absl::string_view text) {
  uint32_t hash = 2166136261;
  for (const char c : text) hash = (hash ^ static_cast<uint8_t>(c)) * 16777619;
  return hash ^ (hash >> 16);
}

}  // namespace

void MustBeLinear(const Repeated& text, absl::FunctionRef<void(const std::string&)> work) {
  if (text.piece.empty() || HashOf(text.piece) % 256 != 0) return;
  const std::string shorter = TextOf(text, kShort), longer = TextOf(text, kLong);
  double least_short = 1e9, least_long = 1e9;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    least_short = std::min(least_short, CostOf(shorter, work));
    least_long = std::min(least_long, CostOf(longer, work));
    if (least_long <= least_short * (kLong / kShort) * kGrowth + kNoise) return;
  }
  Must(false, "time grows with the input, not with its square",
       absl::StrCat(shorter.size(), " bytes: ", least_short, " s, ", longer.size(), " bytes: ", least_long, " s"));
}

}  // namespace caliwatch
