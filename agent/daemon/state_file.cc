// SPDX-License-Identifier: Apache-2.0
#include "agent/daemon/state_file.h"

#include <cerrno>
#include <cstdio>
#include <functional>
#include <string_view>
#include <utility>

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>
#include <fcntl.h>
#include <unistd.h>

#include "lib/analysis/state/state_text.h"
#include "lib/node/read_file.h"
#include "lib/node/unique_fd.h"

namespace caliwatch {
namespace {

constexpr size_t kMostBytes = size_t{256} << 20;  // some five million routes

size_t HashOfRoutes(const PersistentState& state) {
  static_assert(std::has_unique_object_representations_v<ExpectedRoute>);
  size_t hash = 0;
  for (const ConvergenceState& family : state.convergence) {
    const std::vector<ExpectedRoute>& routes = family.expected.routes;
    const std::string_view bytes(reinterpret_cast<const char*>(routes.data()), routes.size() * sizeof(ExpectedRoute));
    hash = hash * 31 + std::hash<std::string_view>()(bytes);
  }
  return hash;
}

absl::Status WriteWhole(const std::string& path, absl::string_view text) {
  const std::string fresh = absl::StrCat(path, ".new");
  const auto failed = [&](absl::string_view doing) {
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot ", doing, " ", fresh));
  };
  const UniqueFd file(open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file.is_open()) return failed("make");
  for (absl::string_view rest = text; !rest.empty();) {
    const ssize_t wrote = write(file.get(), rest.data(), rest.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return failed("write");
    rest.remove_prefix(static_cast<size_t>(wrote));
  }
  return rename(fresh.c_str(), path.c_str()) == 0 ? absl::OkStatus() : failed("rename");
}

}  // namespace

std::string BootId() {
  absl::StatusOr<std::string> id = ReadRegularFile("/proc/sys/kernel/random/boot_id", 1024);
  return id.ok() ? std::string(absl::StripAsciiWhitespace(*id)) : "";
}

absl::StatusOr<std::string> StateFile::Text() const {
  if (path_.empty()) return absl::NotFoundError("no state file is set");
  return ReadRegularFile(path_, kMostBytes);
}

absl::StatusOr<PersistentState> StateFile::Peek() const {
  const absl::StatusOr<std::string> text = Text();
  return text.ok() ? PersistentStateFrom(*text, boot_id_) : text.status();
}

absl::StatusOr<PersistentState> StateFile::Load() const {
  absl::StatusOr<PersistentState> state = Peek();
  if (state.ok()) {
    state->bird_expected = {};
    state->felix.answered = false;
  }
  if (state.ok() || absl::IsNotFound(state.status())) return state;
  const std::string aside = absl::StrCat(path_, ".bad");
  const bool moved = rename(path_.c_str(), aside.c_str()) == 0;
  return absl::DataLossError(absl::StrCat("the state file ", path_, " cannot be used: ", state.status().message(),
                                          moved ? absl::StrCat("; it is now ", aside) : ""));
}

absl::Status StateFile::Save(const PersistentState& state) {
  if (path_.empty()) return absl::OkStatus();
  std::string head = StateHead(state, boot_id_);
  const size_t routes = HashOfRoutes(state);
  if (head == saved_ && routes == saved_routes_) return absl::OkStatus();
  if (absl::Status written = WriteWhole(path_, StateText(state, boot_id_)); !written.ok()) return written;
  saved_ = std::move(head);
  saved_routes_ = routes;
  return absl::OkStatus();
}

}  // namespace caliwatch
