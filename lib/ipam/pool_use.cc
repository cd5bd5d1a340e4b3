// SPDX-License-Identifier: Apache-2.0
#include "lib/ipam/pool_use.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace caliwatch {
namespace {

constexpr absl::Duration kBetweenSamples = absl::Hours(1), kKept = absl::Hours(24 * 14);
// A rate of less time says more of deployments than of growth.
constexpr absl::Duration kLeastForRate = absl::Hours(6);

bool Covers(const Prefix& outer, const Prefix& inner) {
  return outer.length <= inner.length && outer.Contains(inner.address);
}

double SizeOf(const Prefix& prefix) { return std::ldexp(1.0, static_cast<int>(prefix.address.bits() - prefix.length)); }

double Reserved(const ClusterRecords& records, const Prefix& pool) {
  std::vector<Prefix> counted;
  for (const auto& [key, reservation] : records.reservations.rows)
    counted.insert(counted.end(), reservation.cidrs.begin(), reservation.cidrs.end());
  std::sort(counted.begin(), counted.end());
  double reserved = 0;
  const Prefix* before = nullptr;  // the last one that was counted
  for (const Prefix& cidr : counted) {
    if (Covers(cidr, pool)) return SizeOf(pool);
    if (!Covers(pool, cidr) || (before != nullptr && Covers(*before, cidr))) continue;
    reserved += SizeOf(cidr);
    before = &cidr;
  }
  return reserved;
}

// What was released is taken until its time is over, though Calico takes the record away only when it next writes the
// block.
size_t UsedOf(const IpamBlock& block, absl::Time free_before) {
  return static_cast<size_t>(std::count_if(block.records.begin(), block.records.end(), [&](const IpamRecord& record) {
    const std::optional<absl::Time>& released = block.AttributesOf(record).released;
    return !released || *released > free_before;
  }));
}

absl::Duration CooldownOf(const ClusterRecords& records) {
  absl::Duration longest;
  for (const auto& [key, config] : records.configs.rows) longest = std::max(longest, config.cooldown);
  return longest;
}

void TakeRate(const std::vector<PoolSample>& samples, absl::Time now, PoolUse& use) {
  const absl::Duration watched = now - samples.front().at;
  if (watched < kLeastForRate) return;
  const double days = absl::ToDoubleHours(watched) / 24;
  use.per_day = (static_cast<double>(use.used) - static_cast<double>(samples.front().used)) / days;
  if (*use.per_day > 0 && use.free() > 0) use.full_in = absl::Hours(24 * use.free() / *use.per_day);
}

void Remember(std::vector<PoolSample>& samples, absl::Time now, size_t used) {
  if (samples.empty() || now - samples.back().at >= kBetweenSamples) samples.push_back({now, used});
  const auto first =
      std::find_if(samples.begin(), samples.end(), [&](const auto& one) { return one.at >= now - kKept; });
  samples.erase(samples.begin(), first);
}

}  // namespace

std::vector<PoolUse> FollowPools(const ClusterRecords& records, absl::Time now, PoolHistory& history) {
  std::vector<PoolUse> uses;
  for (const auto& [key, pool] : records.pools.rows) {
    PoolUse use{.pool = pool.name, .cidr = pool.cidr, .gives = !pool.disabled && pool.uses.workload};
    use.addresses = SizeOf(pool.cidr) - Reserved(records, pool.cidr);
    use.blocks = std::ldexp(1.0, pool.block_length - pool.cidr.length);
    uses.push_back(std::move(use));
  }
  const absl::Time free_before = now - CooldownOf(records);
  for (const auto& [key, block] : records.blocks.rows)
    for (PoolUse& use : uses)
      if (Covers(use.cidr, block.cidr)) {
        ++use.taken_blocks;
        use.used += UsedOf(block, free_before);
        break;
      }
  PoolHistory kept;
  for (PoolUse& use : uses) {
    std::vector<PoolSample>& samples = kept[use.pool] = std::move(history[use.pool]);
    Remember(samples, now, use.used);
    TakeRate(samples, now, use);
  }
  history = std::move(kept);
  return uses;
}

}  // namespace caliwatch
