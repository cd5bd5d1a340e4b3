// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <vector>

#include <absl/time/time.h>
#include <termios.h>

#include "lib/node/unique_fd.h"
#include "lib/view/terminal/keys.h"

namespace caliwatch {

// Standard output is a terminal that shows colour, and nobody asked for none (https://no-color.org).
bool WantsColour();

// It moves its cursor when told to. "dumb" is what shells within editors say of themselves.
bool DrawsScreens();

// How many rows the terminal at standard output has now; 24 where it does not say.
size_t TerminalRows();

struct TerminalEvent {
  int signal = 0;  // 0: none came
  std::vector<Key> keys = {};
};

// Signals and keys, one place to wait for both. While it lives, these signals do nothing else, and with kKeys a key is
// there as soon as it is pressed, and not shown. Where standard input is no terminal, there are no keys.
class TerminalInput {
 public:
  enum Keys { kKeys, kNoKeys };

  TerminalInput(std::initializer_list<int> signals, Keys keys);
  TerminalInput(const TerminalInput&) = delete;
  ~TerminalInput();

  // Of all that came within the time, the first; neither: nothing did.
  TerminalEvent Await(absl::Duration time);

 private:
  std::vector<Key> ReadKeys();

  UniqueFd signals_;
  bool has_keys_ = false;
  termios before_{};
  std::string bytes_;  // of a key that has not come whole
};

}  // namespace caliwatch
