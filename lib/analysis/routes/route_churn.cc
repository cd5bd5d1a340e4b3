// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/routes/route_churn.h"

namespace caliwatch {
namespace {

// A node that loses more routes than that at once has another problem.
constexpr size_t kMostRoutes = 10'000;

// BIRD replaces a route by deleting it first and adding the new one at once (20 to 80 µs later, seen of BIRD 1.6 after
// a new configuration), which is no absence.
constexpr absl::Duration kReplacing = absl::Milliseconds(100);

}  // namespace

void RouteChurn::Follow(const Journal& journal, BootTime now, RouteChangeCounts& counts) {
  for (const RouteEvent& event : journal.routes) {
    ++counts[{event.destination.address.family, event.owner,
              event.added ? RouteChange::kAdded : RouteChange::kRemoved}];
    const RouteKey key{event.destination, event.owner, event.metric};
    const auto known =
        !event.added && routes_.size() < kMostRoutes ? routes_.try_emplace(key).first : routes_.find(key);
    if (known == routes_.end()) continue;
    if (!event.added) {
      known->second.gone = event.at;
    } else if (known->second.gone) {
      Past& past = known->second;
      const bool was_away = event.at - *past.gone >= kReplacing;
      past.gone.reset();
      if (was_away && past.returns.size() < kMostReturns) past.returns.push_back(event.at);
    }
  }
  Forget(now);
}

void RouteChurn::Forget(BootTime now) {
  for (auto entry = routes_.begin(); entry != routes_.end();) {
    Past& past = entry->second;
    std::erase_if(past.returns, [&](BootTime at) { return now - at > kWindow; });
    if (past.gone && now - *past.gone > kWindow) past.gone.reset();
    entry = past.gone || !past.returns.empty() ? std::next(entry) : routes_.erase(entry);
  }
}

std::vector<RecurringRoute> RouteChurn::Recurring() const {
  std::vector<RecurringRoute> found;
  for (const auto& [key, past] : routes_)
    if (past.returns.size() >= kOften)
      found.push_back({key, static_cast<int>(past.returns.size()), past.returns.back()});
  return found;
}

}  // namespace caliwatch
