// SPDX-License-Identifier: Apache-2.0
#include "test/support/own_namespace.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "test/support/catch.h"

namespace caliwatch {
namespace {

constexpr char kInside[] = "CALIWATCH_TEST_NAMESPACE";

struct Ended {
  int status;  // as wait() gives it
  std::string output;
};

Ended Shell(const std::string& commands) {
  Ended ended{-1, ""};
  FILE* pipe = popen(commands.c_str(), "re");
  if (pipe == nullptr) return ended;
  char buffer[4096];
  for (size_t size; (size = fread(buffer, 1, sizeof buffer, pipe)) > 0;) ended.output.append(buffer, size);
  ended.status = pclose(pipe);
  return ended;
}

// The running test's name, with a backslash before what a test specification would take for more than text.
std::string ThisTest() {
  std::string escaped;
  for (const char c : Catch::getResultCapture().getCurrentTestName()) {
    if (c == ',' || c == '[' || c == '"' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

}  // namespace

bool InOwnNamespace() {
  if (getenv(kInside) != nullptr) return true;
  if (const Ended probe = Shell("unshare -Urn true 2>&1"); probe.status != 0) {
    WARN("skipped: this kernel refuses a network namespace of one's own: " << probe.output);
    return false;
  }
  setenv("TEST_PROGRAM", std::filesystem::read_symlink("/proc/self/exe").c_str(), 1);
  setenv("TEST_NAME", ThisTest().c_str(), 1);
  const Ended inside = Shell(std::string(kInside) + "=1 exec unshare -Urn \"$TEST_PROGRAM\" \"$TEST_NAME\" 2>&1");
  INFO("in its own namespace:\n" << inside.output);
  CHECK(inside.status == 0);
  CHECK(inside.output.find("test case") != std::string::npos);  // and not: no test of that name
  return false;
}

void Run(const std::string& commands) {
  const Ended ended = Shell("set -e\nexec 2>&1\n" + commands);
  INFO(commands << "\n" << ended.output);
  REQUIRE(ended.status == 0);
}

std::string OutputOf(const std::string& command) {
  Ended ended = Shell(command);
  INFO(command);
  REQUIRE(ended.status == 0);
  return std::move(ended.output);
}

}  // namespace caliwatch
