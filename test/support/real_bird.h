// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <absl/strings/string_view.h>
#include <sys/types.h>

namespace caliwatch {

// Debian's BIRD of `package` ("bird": 1.6, "bird2": 2.0) in a network namespace of its own, where it has neither links
// nor peers: only its control socket reaches out of it. Killed with its owner.
class RealBird {
 public:
  // Empty where such a BIRD can be started, else why not.
  static std::string WhyNot(absl::string_view package);

  // Its socket is bird.ctl below `folder`, beside its configuration and its output.
  RealBird(absl::string_view package, std::string folder);
  RealBird(const RealBird&) = delete;
  ~RealBird();

  // Returns once its socket answers; throws, with its output, when it never does. Start it again after Signal(SIGKILL
  // or SIGTERM).
  void Start();
  // Returns once the signal has taken effect: SIGSTOP, SIGCONT, SIGTERM or SIGKILL.
  void Signal(int signal);

  std::string socket() const { return folder_ + "/bird.ctl"; }
  // What `birdc -v` prints for a command: BIRD's answer with its codes, below a greeting.
  std::string Birdc(absl::string_view command) const;

 private:
  std::string tools_;
  std::string folder_;
  pid_t pid_ = -1;
};

}  // namespace caliwatch
