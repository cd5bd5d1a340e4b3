// SPDX-License-Identifier: Apache-2.0
#include "agent/http/stand_in.h"

#include <ctime>

#include <poll.h>
#include <sys/socket.h>

namespace caliwatch {
namespace {

thread_local Lobby* lobby_of_this_thread = nullptr;

}  // namespace

void StandInForPollAndAccept(Lobby& lobby) { lobby_of_this_thread = &lobby; }

// The program's own symbols come before the C library's, also for a shared library that calls them. Other threads get
// what they ask for.
extern "C" {

__attribute__((visibility("default"), used)) int StandInForPoll(pollfd* descriptors, nfds_t count,
                                                                int milliseconds) __asm__("poll");
__attribute__((visibility("default"), used)) int StandInForAccept(int listener, sockaddr* peer,
                                                                  socklen_t* length) __asm__("accept");

int StandInForPoll(pollfd* descriptors, nfds_t count, int milliseconds) {
  if (lobby_of_this_thread != nullptr) return lobby_of_this_thread->Poll(descriptors, count, milliseconds);
  const timespec time{.tv_sec = milliseconds / 1000, .tv_nsec = milliseconds % 1000 * 1'000'000L};
  return ppoll(descriptors, count, milliseconds < 0 ? nullptr : &time, nullptr);
}

int StandInForAccept(int listener, sockaddr* peer, socklen_t* length) {
  if (lobby_of_this_thread != nullptr) return lobby_of_this_thread->Accept(peer, length);
  return accept4(listener, peer, length, 0);
}

}  // extern "C"

}  // namespace caliwatch
