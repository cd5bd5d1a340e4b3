// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include <absl/container/flat_hash_map.h>
#include <poll.h>
#include <sys/socket.h>

#include "lib/model/prefix.h"
#include "lib/node/unique_fd.h"

namespace caliwatch {

struct LobbyLimits {
  size_t answers = 16;   // at once, half of them to one address
  size_t waiting = 256;  // beyond it, the address with the most connections loses its oldest
  std::chrono::milliseconds head = std::chrono::seconds(3);     // from the connection to the end of a request's head
  std::chrono::milliseconds turn = std::chrono::seconds(10);    // from the connection to the beginning of its answer
  std::chrono::milliseconds answer = std::chrono::seconds(15);  // from its beginning to its end
  std::chrono::milliseconds undisturbed{250};  // only an answer older than that is cut short for another address's sake
};

// The connections of an HTTP server. They wait here, at the cost of a descriptor each, until the head of a request has
// come whole; only then is one handed to a thread that answers. So a slow or silent client holds no thread, and one
// that takes its answer slowly holds it no longer than others can do without. Among those who wait, the address with
// the fewest answers under way comes first.
class Lobby {
 public:
  explicit Lobby(LobbyLimits limits = {});

  // The server's thread that accepts uses these two in place of poll() and accept(). A connection that is handed out is
  // the caller's to close; in place of the peer's port it has a number of ours.
  int Poll(pollfd* listeners, nfds_t count, int milliseconds);
  int Accept(sockaddr* peer, socklen_t* length);

  // Any thread. Nothing is handed out before Open(). Of a connection handed out, before its descriptor is closed:
  void Open();
  void Done(int number);

 private:
  using Clock = std::chrono::steady_clock;
  struct Guest {
    UniqueFd socket;
    sockaddr_storage peer;
    IpAddress address;
    Clock::time_point since;
    std::optional<Clock::time_point> ready;  // since when the head is whole
  };
  struct Answer {
    int socket;
    IpAddress address;
    Clock::time_point since;
    std::optional<Clock::time_point> cut;
  };
  using Guests = std::map<int, Guest>;  // by descriptor
  using Counts = absl::flat_hash_map<IpAddress, size_t>;

  void Watch(int descriptor, uint32_t events);
  void WaitFor(std::chrono::milliseconds time);
  void Greet(int listener);
  void Welcome(UniqueFd socket, const sockaddr_storage& peer);
  void Look(int descriptor, uint32_t events);
  static bool Hear(Guest& guest);
  void EvictOne();
  void Sweep(Clock::time_point now);
  bool IsAnswering() const;
  bool SomebodyIsNext();
  // The rest with mutex_ held.
  void CutShort(const Guest& guest, const Counts& answering, Clock::time_point now);
  static void Cut(Answer& answer, Clock::time_point now);
  Counts Answering() const;
  Guests::iterator Next(const Counts& answering);
  std::pair<Guests::iterator, size_t> NextAndNumber();
  void Wake();

  const LobbyLimits limits_;
  UniqueFd events_, wake_;
  std::vector<int> listeners_;
  Guests guests_;
  absl::flat_hash_map<IpAddress, Clock::time_point> served_;  // when an address last got an answer; all these are the
                                                              // accepting thread's own

  mutable std::mutex mutex_;  // guards what follows
  bool open_ = false;
  std::vector<std::optional<Answer>> answers_;
};

}  // namespace caliwatch
