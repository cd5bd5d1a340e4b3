// SPDX-License-Identifier: Apache-2.0
#include "agent/daemon/confinement.h"

#include <cerrno>
#include <cstdint>
#include <filesystem>

#include <absl/status/statusor.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "agent/daemon/system_calls.h"
#include "lib/node/unique_fd.h"

namespace caliwatch {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;  // they make processes, and map what they like
#else
constexpr bool kSanitized = false;
#endif

constexpr uint64_t kTruncate = uint64_t{1} << 14;  // LANDLOCK_ACCESS_FS_TRUNCATE, unknown to Debian 12's headers

// All that changes a file system, and running what is in one.
uint64_t ForbiddenRights(long version) {
  uint64_t rights = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
                    LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR |
                    LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
                    LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM;
  if (version >= 2) rights |= LANDLOCK_ACCESS_FS_REFER;
  if (version >= 3) rights |= kTruncate;
  return rights;
}

// Lets files of the folder be made, written, renamed and removed; and what stands in the state's place, of whatever
// kind but a device, be moved out of the way.
absl::Status Allow(int ruleset, const std::string& folder, uint64_t forbidden) {
  const UniqueFd opened(open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!opened.is_open()) return absl::ErrnoToStatus(errno, absl::StrCat("cannot open ", folder));
  landlock_path_beneath_attr rule{};
  rule.allowed_access =
      forbidden & (LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG |
                   LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_FIFO |
                   LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_SYM | kTruncate);
  rule.parent_fd = opened.get();
  if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0) return absl::OkStatus();
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot allow ", folder));
}

// Where files can still be written: a folder, or nowhere, and why.
absl::StatusOr<std::string> GiveUpFiles(const std::string& state_file) {
  const long version = syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (version < 0) return absl::ErrnoToStatus(errno, "no Landlock");
  landlock_ruleset_attr attributes{};
  attributes.handled_access_fs = ForbiddenRights(version);
  const UniqueFd ruleset(
      static_cast<int>(syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes.handled_access_fs, 0)));
  if (!ruleset.is_open()) return absl::ErrnoToStatus(errno, "Landlock makes no rules");
  std::string writable = "nowhere";
  if (!state_file.empty()) {
    const std::string parent = std::filesystem::path(state_file).parent_path();
    const std::string folder = parent.empty() ? "." : parent;
    const absl::Status allowed = Allow(ruleset.get(), folder, attributes.handled_access_fs);
    writable = allowed.ok() ? absl::StrCat("below ", folder) : absl::StrCat("nowhere: ", allowed.message());
  }
  if (syscall(SYS_landlock_restrict_self, ruleset.get(), 0) != 0)
    return absl::ErrnoToStatus(errno, "Landlock takes no rules");
  return writable;
}

}  // namespace

std::string Confine(const Config& config) {
  if (!config.seccomp) return "none, as security.seccomp is false";
  if (kSanitized) return "none in a build with sanitizers";
  // What seccomp and Landlock ask of whoever has no privilege; and a program that is set-uid would not be so for us.
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
    return absl::StrCat("none: ", absl::ErrnoToStatus(errno, "cannot give up new privileges").message());
  const absl::StatusOr<std::string> writable = GiveUpFiles(config.state_file);
  const absl::Status calls = GiveUpSystemCalls({.enters_network_namespaces = config.check_pods});
  return absl::StrJoin({calls.ok() ? std::string("seccomp") : std::string(calls.message()),
                        writable.ok() ? absl::StrCat("Landlock: writes ", *writable, ", runs nothing")
                                      : std::string(writable.status().message())},
                       "; ");
}

}  // namespace caliwatch
