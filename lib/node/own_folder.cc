// SPDX-License-Identifier: Apache-2.0
#include "lib/node/own_folder.h"

#include <cerrno>
#include <memory>
#include <vector>

#include <absl/strings/escaping.h>
#include <absl/strings/str_cat.h>
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace caliwatch {
namespace {

constexpr int kFolder = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

absl::Status Failed(absl::string_view doing, absl::string_view path) {
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot ", doing, " ", absl::CHexEscape(path)));
}

absl::Status Unfit(absl::string_view path, absl::string_view why) {
  return absl::FailedPreconditionError(
      absl::StrCat("cannot write into ", absl::CHexEscape(path), ": ", why, ". Name a new folder"));
}

// FailedPrecondition where another user could put links into it while we write.
absl::Status CheckOwner(int folder, const std::string& path) {
  struct stat about {};
  if (fstat(folder, &about) != 0) return Failed("look at", path);
  if (about.st_uid != geteuid()) return Unfit(path, absl::StrCat("it belongs to user ", about.st_uid, ", not to us"));
  if ((about.st_mode & (S_IWGRP | S_IWOTH)) != 0) return Unfit(path, "others may write to it");
  return absl::OkStatus();
}

struct CloseFolder {
  void operator()(DIR* folder) const { closedir(folder); }
};

absl::StatusOr<std::vector<std::string>> NamesIn(int folder, absl::string_view path) {
  UniqueFd again(openat(folder, ".", kFolder));
  const std::unique_ptr<DIR, CloseFolder> listed(again.is_open() ? fdopendir(again.get()) : nullptr);
  if (listed == nullptr) return Failed("list", path);
  again.Release();  // the listing closes it
  std::vector<std::string> names;
  while (const dirent* entry = readdir(listed.get()))
    if (const absl::string_view name = entry->d_name; name != "." && name != "..") names.emplace_back(name);
  return names;
}

// The folder that holds the last name of a path. Its folders were made by us, and none is a link.
struct Place {
  UniqueFd folder;
  std::string name;
};

absl::StatusOr<Place> PlaceOf(int folder, absl::string_view path, absl::string_view shown) {
  Place place{UniqueFd(openat(folder, ".", kFolder)), std::string(path)};
  for (size_t slash; place.folder.is_open() && (slash = place.name.find('/')) != std::string::npos;) {
    place.folder = UniqueFd(openat(place.folder.get(), place.name.substr(0, slash).c_str(), kFolder));
    place.name.erase(0, slash + 1);
  }
  if (!place.folder.is_open()) return Failed("open the folder of", shown);
  return place;
}

}  // namespace

absl::StatusOr<OwnFolder> OwnFolder::Make(std::string path) {
  if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return Failed("make the folder", path);
  UniqueFd fd(open(path.c_str(), kFolder));
  return Take(std::move(path), std::move(fd));
}

absl::StatusOr<OwnFolder> OwnFolder::MakeInner(const std::string& name) const {
  std::string path = absl::StrCat(path_, "/", name);
  if (mkdirat(fd_.get(), name.c_str(), 0700) != 0 && errno != EEXIST) return Failed("make the folder", path);
  UniqueFd fd(openat(fd_.get(), name.c_str(), kFolder));
  return Take(std::move(path), std::move(fd));
}

absl::StatusOr<OwnFolder> OwnFolder::Take(std::string path, UniqueFd fd) {
  // So open() says that a link is one; O_DIRECTORY would have it "not a directory".
  if (!fd.is_open() && (errno == ELOOP || errno == ENOTDIR)) return Unfit(path, "it is no folder, or a symbolic link");
  if (!fd.is_open()) return Failed("open", path);
  if (absl::Status ours = CheckOwner(fd.get(), path); !ours.ok()) return ours;
  const absl::StatusOr<std::vector<std::string>> names = NamesIn(fd.get(), path);
  if (!names.ok()) return names.status();
  if (!names->empty())
    return absl::AlreadyExistsError(
        absl::StrCat("there are files in ", path, ": a recording must not mix with others, name a new folder"));
  return OwnFolder(std::move(path), std::move(fd));
}

absl::Status OwnFolder::MakeFolder(absl::string_view path) const {
  const std::string full = absl::StrCat(path_, "/", path);
  const absl::StatusOr<Place> place = PlaceOf(fd_.get(), path, full);
  if (!place.ok()) return place.status();
  const bool made = mkdirat(place->folder.get(), place->name.c_str(), 0700) == 0 || errno == EEXIST;
  return made ? absl::OkStatus() : Failed("make the folder", full);
}

absl::Status OwnFolder::Write(absl::string_view path, absl::string_view content) const {
  const std::string full = absl::StrCat(path_, "/", path);
  const absl::StatusOr<Place> place = PlaceOf(fd_.get(), path, full);
  if (!place.ok()) return place.status();
  if (unlinkat(place->folder.get(), place->name.c_str(), 0) != 0 && errno != ENOENT) return Failed("remove", full);
  const UniqueFd file(
      openat(place->folder.get(), place->name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file.is_open()) return Failed("make", full);
  while (!content.empty()) {
    const ssize_t written = write(file.get(), content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return Failed("write", full);
    content.remove_prefix(static_cast<size_t>(written));
  }
  return absl::OkStatus();
}

absl::Status OwnFolder::Remove(absl::string_view path) const {
  const std::string full = absl::StrCat(path_, "/", path);
  const absl::StatusOr<Place> place = PlaceOf(fd_.get(), path, full);
  if (!place.ok()) return absl::IsNotFound(place.status()) ? absl::OkStatus() : place.status();
  const int folder = place->folder.get();
  if (unlinkat(folder, place->name.c_str(), 0) == 0 || errno == ENOENT) return absl::OkStatus();
  if (errno != EISDIR) return Failed("remove", full);
  const UniqueFd inner(openat(folder, place->name.c_str(), kFolder));
  if (!inner.is_open()) return Failed("open", full);
  const absl::StatusOr<std::vector<std::string>> names = NamesIn(inner.get(), full);
  if (!names.ok()) return names.status();
  for (const std::string& name : *names)
    if (unlinkat(inner.get(), name.c_str(), 0) != 0) return Failed("remove", absl::StrCat(full, "/", name));
  return unlinkat(folder, place->name.c_str(), AT_REMOVEDIR) == 0 ? absl::OkStatus() : Failed("remove", full);
}

}  // namespace caliwatch
