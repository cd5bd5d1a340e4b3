// SPDX-License-Identifier: Apache-2.0
#include "agent/http/lobby.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <thread>
#include <tuple>
#include <utility>

#include <absl/strings/match.h>
#include <absl/strings/string_view.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

namespace caliwatch {
namespace {

using std::chrono::milliseconds;

constexpr size_t kLargestHead = 16384;            // of civetweb, which refuses more
constexpr size_t kRemembered = 1024;              // addresses
constexpr milliseconds kTick{20};                 // while somebody is here: how late a deadline may be
constexpr unsigned kUnreadMilliseconds = 10'000;  // what a client leaves unread is dropped then
// Else one who does not read makes the kernel hold megabytes for him.
constexpr int kSendBuffer = 128 * 1024;

// The agent needs descriptors of its own: for its polls, and for answers.
size_t AtMostAQuarterOfDescriptors(size_t waiting) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur / 4 > waiting) return waiting;
  return std::max<size_t>(limit.rlim_cur / 4, 4);
}

LobbyLimits Fitting(LobbyLimits limits) {
  limits.waiting = AtMostAQuarterOfDescriptors(limits.waiting);
  return limits;
}

IpAddress AddressOf(const sockaddr_storage& peer) {
  if (peer.ss_family != AF_INET6)
    return IpAddress::FromBytes(Family::kIpv4, &reinterpret_cast<const sockaddr_in&>(peer).sin_addr);
  const in6_addr& address = reinterpret_cast<const sockaddr_in6&>(peer).sin6_addr;
  if (IN6_IS_ADDR_V4MAPPED(&address)) return IpAddress::FromBytes(Family::kIpv4, &address.s6_addr[12]);
  return IpAddress::FromBytes(Family::kIpv6, &address);
}

// The end of a head as civetweb sees it, or what civetweb refuses at once.
bool IsWhole(absl::string_view head) {
  const auto is_no_text = [](unsigned char c) { return c < 128 && c != '\r' && c != '\n' && (c < ' ' || c == 127); };
  return head.size() >= kLargestHead || absl::StrContains(head, "\r\n\r\n") || absl::StrContains(head, "\n\n") ||
         std::any_of(head.begin(), head.end(), is_no_text);
}

template <class Value>
void SetOption(int socket, int level, int option, Value value) {
  setsockopt(socket, level, option, &value, sizeof value);  // where it fails, the system's own is left
}

}  // namespace

Lobby::Lobby(LobbyLimits limits)
    : limits_(Fitting(limits)),
      events_(epoll_create1(EPOLL_CLOEXEC)),
      wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      answers_(limits.answers) {
  Watch(wake_.get(), EPOLLIN);
}

void Lobby::Watch(int descriptor, uint32_t events) {
  epoll_event event{.events = events, .data = {.fd = descriptor}};
  epoll_ctl(events_.get(), EPOLL_CTL_ADD, descriptor, &event);
}

int Lobby::Poll(pollfd* listeners, nfds_t count, int patience) {
  for (nfds_t i = 0; i < count; ++i) {
    listeners[i].revents = 0;
    if (std::count(listeners_.begin(), listeners_.end(), listeners[i].fd) != 0) continue;
    listeners_.push_back(listeners[i].fd);
    fcntl(listeners[i].fd, F_SETFL, O_NONBLOCK);
    Watch(listeners[i].fd, EPOLLIN);
  }
  for (const auto until = Clock::now() + milliseconds(patience);;) {
    const auto now = Clock::now();
    Sweep(now);
    if (SomebodyIsNext()) {
      listeners[0].revents = POLLIN;
      return 1;
    }
    if (now >= until) return 0;
    WaitFor(std::chrono::ceil<milliseconds>(until - now));
  }
}

void Lobby::WaitFor(milliseconds time) {
  if (!guests_.empty() || IsAnswering()) time = std::min(time, kTick);
  std::array<epoll_event, 64> events{};
  const int count = epoll_wait(events_.get(), events.data(), events.size(), static_cast<int>(time.count()));
  for (int i = 0; i < count; ++i) {
    const int descriptor = events.at(static_cast<size_t>(i)).data.fd;
    if (uint64_t signals = 0; descriptor == wake_.get()) {
      while (read(descriptor, &signals, sizeof signals) > 0) continue;
    } else if (std::count(listeners_.begin(), listeners_.end(), descriptor) != 0) {
      Greet(descriptor);
    } else {
      Look(descriptor, events.at(static_cast<size_t>(i)).events);
    }
  }
}

// Takes in who stands at the door.
void Lobby::Greet(int listener) {
  constexpr int kAtOnce = 64;  // so that those who are in are heeded, too
  for (int i = 0; i < kAtOnce; ++i) {
    sockaddr_storage peer{};
    socklen_t length = sizeof peer;
    UniqueFd socket(accept4(listener, reinterpret_cast<sockaddr*>(&peer), &length, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (socket.is_open()) {
      Welcome(std::move(socket), peer);
    } else if (errno != EINTR && errno != ECONNABORTED) {
      if (errno == EAGAIN) return;
      // Out of descriptors or memory, and they go on standing there.
      if (guests_.empty()) std::this_thread::sleep_for(kTick);
      return EvictOne();
    }
  }
}

void Lobby::Welcome(UniqueFd socket, const sockaddr_storage& peer) {
  const int descriptor = socket.get();
  SetOption(descriptor, SOL_SOCKET, SO_SNDBUF, kSendBuffer);
  SetOption(descriptor, IPPROTO_TCP, TCP_USER_TIMEOUT, kUnreadMilliseconds);
  guests_.emplace(
      descriptor,
      Guest{.socket = std::move(socket), .peer = peer, .address = AddressOf(peer), .since = Clock::now(), .ready = {}});
  // At the edge: what has come of a head that is not whole stays where it is.
  Watch(descriptor, EPOLLIN | EPOLLRDHUP | EPOLLET);
  Look(descriptor, 0);
  if (guests_.size() > limits_.waiting) EvictOne();
}

void Lobby::Look(int descriptor, uint32_t events) {
  const auto found = guests_.find(descriptor);
  if (found == guests_.end()) return;  // closed since
  Guest& guest = found->second;
  if (!guest.ready && !Hear(guest)) events |= EPOLLHUP;
  // One who has asked may say that he has nothing more to ask; one who has not will not.
  if ((events & (EPOLLHUP | EPOLLERR)) != 0 || ((events & EPOLLRDHUP) != 0 && !guest.ready)) guests_.erase(found);
}

// Takes note of a head that has come whole. False: its sender is gone.
bool Lobby::Hear(Guest& guest) {
  std::array<char, kLargestHead> head;
  const ssize_t size = recv(guest.socket.get(), head.data(), head.size(), MSG_PEEK | MSG_DONTWAIT);
  if (size > 0 && IsWhole({head.data(), static_cast<size_t>(size)})) guest.ready = Clock::now();
  return size > 0 || (size < 0 && (errno == EAGAIN || errno == EINTR));
}

// The oldest of the address that has the most connections here; those that wait for their turn last.
void Lobby::EvictOne() {
  Counts counts;
  for (const auto& [descriptor, guest] : guests_) ++counts[guest.address];
  const auto loses = [&](const Guests::value_type& one, const Guests::value_type& other) {
    const size_t ours = counts[one.second.address], theirs = counts[other.second.address];
    if (ours != theirs) return ours < theirs;
    if (one.second.ready.has_value() != other.second.ready.has_value()) return one.second.ready.has_value();
    return one.second.since > other.second.since;
  };
  if (const auto loser = std::max_element(guests_.begin(), guests_.end(), loses); loser != guests_.end())
    guests_.erase(loser);
}

void Lobby::Sweep(Clock::time_point now) {
  const auto is_late = [&](const Guest& guest) {
    return now - guest.since >= (guest.ready ? limits_.turn : limits_.head);
  };
  for (auto it = guests_.begin(); it != guests_.end();) {
    // On a busy machine it is this thread that is late for a head that came in time.
    if (!it->second.ready && is_late(it->second)) Hear(it->second);
    it = is_late(it->second) ? guests_.erase(it) : std::next(it);
  }
  const std::lock_guard lock(mutex_);
  for (std::optional<Answer>& answer : answers_)
    if (answer && now - answer->since >= limits_.answer) Cut(*answer, now);
  if (!std::all_of(answers_.begin(), answers_.end(), [](const auto& answer) { return answer.has_value(); })) return;
  const Counts answering = Answering();
  if (const auto next = Next(answering); next != guests_.end()) CutShort(next->second, answering, now);
}

// The oldest answer of who has the most of them goes for `guest`, if that is not the guest himself. One at a time,
// unless its thread takes long to notice.
void Lobby::CutShort(const Guest& guest, const Counts& answering, Clock::time_point now) {
  const auto count = [&](const IpAddress& address) {
    const auto found = answering.find(address);
    return found == answering.end() ? 0 : found->second;
  };
  const auto rank = [&](const Answer& one) { return std::pair(count(one.address), now - one.since); };
  Answer* loser = nullptr;
  for (std::optional<Answer>& answer : answers_) {
    if (answer->cut && now - *answer->cut < 2 * kTick) return;
    if (answer->cut || now - answer->since < limits_.undisturbed) continue;
    if (!loser || rank(*answer) > rank(*loser)) loser = &*answer;
  }
  if (loser && count(loser->address) > count(guest.address)) Cut(*loser, now);
}

// Its thread finds that nobody listens any more.
void Lobby::Cut(Answer& answer, Clock::time_point now) {
  if (answer.cut) return;
  answer.cut = now;
  shutdown(answer.socket, SHUT_RDWR);
}

Lobby::Counts Lobby::Answering() const {
  Counts counts;
  for (const std::optional<Answer>& answer : answers_)
    if (answer) ++counts[answer->address];
  return counts;
}

// Of those who may be answered, one of the address with the fewest answers under way; of these, of the one that was
// last answered the longest ago; of its own, who waited longest.
Lobby::Guests::iterator Lobby::Next(const Counts& answering) {
  const auto rank = [&](const Guest& guest) {
    const auto count = answering.find(guest.address);
    const auto served = served_.find(guest.address);
    return std::tuple(count == answering.end() ? 0 : count->second,
                      served == served_.end() ? Clock::time_point::min() : served->second, *guest.ready);
  };
  auto best = guests_.end();
  for (auto it = guests_.begin(); it != guests_.end(); ++it) {
    if (!it->second.ready || std::get<0>(rank(it->second)) >= std::max<size_t>(limits_.answers / 2, 1)) continue;
    if (best == guests_.end() || rank(it->second) < rank(best->second)) best = it;
  }
  return best;
}

// The connection to hand out, and the number it will have.
std::pair<Lobby::Guests::iterator, size_t> Lobby::NextAndNumber() {
  const auto free = std::find(answers_.begin(), answers_.end(), std::nullopt);
  return {open_ && free != answers_.end() ? Next(Answering()) : guests_.end(),
          static_cast<size_t>(free - answers_.begin())};
}

bool Lobby::IsAnswering() const {
  const std::lock_guard lock(mutex_);
  return !Answering().empty();
}

bool Lobby::SomebodyIsNext() {
  const std::lock_guard lock(mutex_);
  return NextAndNumber().first != guests_.end();
}

int Lobby::Accept(sockaddr* peer, socklen_t* length) {
  const std::lock_guard lock(mutex_);
  const auto [next, number] = NextAndNumber();
  if (next == guests_.end()) {
    errno = EAGAIN;
    return -1;
  }
  Guest& guest = next->second;
  // At the same place in the address of either family.
  reinterpret_cast<sockaddr_in&>(guest.peer).sin_port = htons(static_cast<uint16_t>(number));
  const socklen_t whole = guest.peer.ss_family == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
  std::memcpy(peer, &guest.peer, std::min(*length, whole));
  *length = whole;
  const int socket = guest.socket.Release();
  epoll_ctl(events_.get(), EPOLL_CTL_DEL, socket, nullptr);
  const auto now = Clock::now();
  answers_[number] = Answer{.socket = socket, .address = guest.address, .since = now, .cut = {}};
  if (served_.size() >= kRemembered) served_.clear();
  served_[guest.address] = now;
  guests_.erase(next);
  return socket;
}

void Lobby::Open() {
  const std::lock_guard lock(mutex_);
  open_ = true;
  Wake();
}

void Lobby::Done(int number) {
  const std::lock_guard lock(mutex_);
  answers_.at(static_cast<size_t>(number)).reset();
  Wake();
}

void Lobby::Wake() {
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(wake_.get(), &one, sizeof one);  // full: it wakes already
}

}  // namespace caliwatch
