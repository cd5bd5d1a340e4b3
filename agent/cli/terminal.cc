// SPDX-License-Identifier: Apache-2.0
#include "agent/cli/terminal.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>

#include <absl/strings/string_view.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace caliwatch {
namespace {

bool IsDumb() {
  const char* terminal = std::getenv("TERM");
  return terminal != nullptr && absl::string_view(terminal) == "dumb";
}

sigset_t SetOf(std::initializer_list<int> signals) {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : signals) sigaddset(&set, signal);
  return set;
}

}  // namespace

bool WantsColour() {
  const char* refused = std::getenv("NO_COLOR");
  return DrawsScreens() && (refused == nullptr || *refused == '\0');
}

bool DrawsScreens() { return isatty(STDOUT_FILENO) != 0 && !IsDumb(); }

size_t TerminalRows() {
  winsize size{};
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row != 0 ? size.ws_row : 24;
}

TerminalInput::TerminalInput(std::initializer_list<int> signals, Keys keys) {
  const sigset_t set = SetOf(signals);
  sigprocmask(SIG_BLOCK, &set, nullptr);
  signals_ = UniqueFd(signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  if (keys == kNoKeys || tcgetattr(STDIN_FILENO, &before_) != 0) return;
  termios now = before_;
  now.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);  // Ctrl-C goes on being a signal
  now.c_cc[VMIN] = 1;
  now.c_cc[VTIME] = 0;
  has_keys_ = tcsetattr(STDIN_FILENO, TCSADRAIN, &now) == 0;
}

TerminalInput::~TerminalInput() {
  // Also where the terminal ended meanwhile: then it does nothing.
  if (before_.c_cflag != 0) tcsetattr(STDIN_FILENO, TCSADRAIN, &before_);
}

TerminalEvent TerminalInput::Await(absl::Duration time) {
  std::array<pollfd, 2> sources = {{{signals_.get(), POLLIN, 0}, {has_keys_ ? STDIN_FILENO : -1, POLLIN, 0}}};
  const timespec limit = absl::ToTimespec(std::max(time, absl::ZeroDuration()));
  if (ppoll(sources.data(), sources.size(), &limit, nullptr) <= 0) return {};
  signalfd_siginfo signal{};
  if (sources[0].revents != 0 && read(signals_.get(), &signal, sizeof signal) == sizeof signal)
    return {static_cast<int>(signal.ssi_signo)};
  if (sources[1].revents != 0) return {0, ReadKeys()};
  return {};
}

std::vector<Key> TerminalInput::ReadKeys() {
  std::array<char, 256> piece;
  const ssize_t size = read(STDIN_FILENO, piece.data(), piece.size());
  if (size <= 0) {  // nobody is there any more
    has_keys_ = false;
    return {};
  }
  bytes_.append(piece.data(), static_cast<size_t>(size));
  return TakeKeys(bytes_);
}

}  // namespace caliwatch
