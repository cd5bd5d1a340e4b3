// SPDX-License-Identifier: Apache-2.0
#pragma once

// What tests of the readers of a living cluster have in common.

#include <functional>
#include <string>

#include <absl/time/clock.h>

#include "agent/cluster/transfers.h"
#include "test/support/fake_http.h"

namespace caliwatch {

// Lets a reader and its transfers go on until `done`; false: it was not within ten seconds.
template <class Reader>
bool RunReader(Reader& reader, Transfers& transfers, const std::function<bool()>& done) {
  for (int round = 0; round < 10'000 && !done(); ++round) {
    reader.Tick();
    transfers.Run(absl::Milliseconds(10));
    absl::SleepFor(absl::Milliseconds(1));  // where nothing is on its way
  }
  return done();
}

inline void Reply(const FakeHttp::Client& client, const std::string& body) {
  client.Send(HttpReplyText("200 OK", body));
}

}  // namespace caliwatch
