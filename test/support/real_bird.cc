// SPDX-License-Identifier: Apache-2.0
#include "test/support/real_bird.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <vector>

#include <absl/strings/str_cat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/node/bird_connection.h"
#include "test/support/temporary_folder.h"

namespace caliwatch {
namespace {

std::string ToolsOf(absl::string_view package) {
  return absl::StrCat(CALIWATCH_SOURCE_DIR, "/build/tools/", package, "/usr/sbin");
}

// A scan time keeps BIRD's main loop turning as under Calico; the blackhole gives it something to tell.
std::string ConfigFor(absl::string_view package) {
  return absl::StrCat("router id 10.39.1.231;\nprotocol device { scan time 2; }\nprotocol static { ",
                      package == "bird" ? "" : "ipv4; ", "route 192.168.2.128/26 blackhole; }\n");
}

}  // namespace

std::string RealBird::WhyNot(absl::string_view package) {
  if (!std::filesystem::exists(absl::StrCat(ToolsOf(package), "/bird")))
    return absl::StrCat("there is no build/tools/", package, ": run `make deps` to unpack it");
  if (std::system("unshare --user --map-root-user --net true 2>/dev/null") != 0)
    return "this kernel does not let us make user and network namespaces (kernel.unprivileged_userns_clone?)";
  return "";
}

RealBird::RealBird(absl::string_view package, std::string folder)
    : tools_(ToolsOf(package)), folder_(std::move(folder)) {
  Write(folder_ + "/bird.conf", ConfigFor(package));
}

RealBird::~RealBird() {
  if (pid_ > 0) Signal(SIGKILL);
}

void RealBird::Start() {
  const std::string bird = tools_ + "/bird", config = folder_ + "/bird.conf", output = folder_ + "/output";
  pid_ = fork();
  if (pid_ == 0) {
    if (freopen(output.c_str(), "w", stderr) == nullptr || dup2(STDERR_FILENO, STDOUT_FILENO) < 0) _exit(126);
    execlp("unshare", "unshare", "--user", "--map-root-user", "--net", "setpriv", "--pdeathsig", "KILL", bird.c_str(),
           "-d", "-c", config.c_str(), "-s", socket().c_str(), nullptr);
    _exit(127);
  }
  for (int tries = 0; tries < 1000; ++tries) {
    if (BirdConnection(socket()).Ask(BirdQuestion::kStatus).ok()) return;
    usleep(10'000);
  }
  throw std::runtime_error(absl::StrCat("BIRD does not start: ", Read(output)));
}

void RealBird::Signal(int signal) {
  kill(pid_, signal);
  int state = 0;
  waitpid(pid_, &state, signal == SIGCONT ? WCONTINUED : WUNTRACED);
  if (WIFEXITED(state) || WIFSIGNALED(state)) pid_ = -1;
}

std::string RealBird::Birdc(absl::string_view command) const {
  const std::string line = absl::StrCat(tools_, "/birdc -v -r -s ", socket(), " ", command);
  FILE* birdc = popen(line.c_str(), "r");
  std::string output;
  for (int c; (c = fgetc(birdc)) != EOF;) output += static_cast<char>(c);
  pclose(birdc);
  return output;
}

}  // namespace caliwatch
