// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include "lib/model/journal.h"
#include "lib/model/snapshot.h"
#include "lib/node/bird_stream.h"
#include "lib/node/kernel_events.h"

namespace caliwatch {

// Receives what the kernel and BIRD report between two polls, on a thread of its own that never waits for anyone, and
// stamps it on arrival: neither brings a time. What cannot be heard any more is opened anew, until it can.
class EventListener {
 public:
  explicit EventListener(const std::string& calico_run_dir);  // listens at once
  ~EventListener() = default;

  // `wake` is called, on the listener's thread, when the node is worth a poll at once: a BIRD ended or came, a link or
  // an address changed, or something was lost. Null ends that: once this returns, the one before is not called any
  // more.
  void SetWakeup(std::function<void()> wake);

  // What happened since the last call. Any thread; never waits.
  Journal Take();

  // Whether a BIRD recovers, as a poll saw it: one that does is poked to send at once what it logs, and each time costs
  // it a turn of its main loop. Before it is told so of a BIRD, it takes each for one that may recover. Any thread.
  void FollowRecovery(Family family, bool recovers);

 private:
  struct BirdSubscription {
    std::string path;
    std::optional<BirdStream> stream;
    std::optional<absl::Time> created;  // of the socket connected to last, on the wall clock
    std::optional<BootTime> ended;      // when it hung up
    bool unbroken = false;              // since the last Take()
    BootTime poke_until;                // from its start for as long as a recovery lasts
    bool recovers = true;               // or no poll has looked yet
    bool refused = false;               // by the BIRD connected to last, which is told once; the thread's own
    BootTime next_try;                  // to connect, or to poke: what BIRD makes of one must not bring the next
  };

  void Run(const std::stop_token& stop);
  void TakeTurn(int stopped);
  void Forget();
  void OpenKernel();
  void LoseKernel(const absl::Status& why);
  absl::Status TakeFromKernel(BootTime now);
  void ReceiveFromKernel();
  void ConnectBird(Family family);
  void ReceiveFromBird(Family family);
  void TellRefusal(Family family, const absl::Status& why);
  absl::Duration NextTurn();

  void Wake();

  std::optional<KernelEvents> kernel_;  // these five are the thread's own
  BootTime kernel_opened_;
  BootTime kernel_next_try_;
  absl::Duration kernel_retry_ = absl::ZeroDuration();
  bool kernel_lost_ = false;  // and said so

  std::mutex wake_mutex_;
  std::function<void()> wake_;  // guarded by wake_mutex_

  std::mutex mutex_;  // guards what follows; a stream itself is the thread's own
  Journal journal_;
  bool routes_unbroken_ = false;
  std::array<BirdSubscription, 2> birds_;  // by Family

  std::jthread thread_;  // last: ends before what it uses
};

}  // namespace caliwatch
