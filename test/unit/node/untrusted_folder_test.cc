// SPDX-License-Identifier: Apache-2.0
#include "lib/node/untrusted_folder.h"

#include <filesystem>

#include <fcntl.h>
#include <sys/stat.h>

#include "test/support/catch.h"
#include "test/support/status_says.h"
#include "test/support/temporary_folder.h"

namespace caliwatch {
namespace {

namespace fs = std::filesystem;

struct Filled {
  Filled() {
    fs::create_directories(folder / "inner/deep");
    Write(folder / "inner/deep/file", "content");
  }
  UntrustedFolder Open() const { return *UntrustedFolder::Open(folder.path()); }

  TemporaryFolder folder;
};

}  // namespace

TEST_CASE("what a stranger's folder holds is read and listed, and what it lacks is not found") {
  const Filled filled;
  const UntrustedFolder folder = filled.Open();
  CHECK(*folder.Read("inner/deep/file", 7) == "content");
  CHECK(*folder.Inner("inner")->Read("deep/file", 7) == "content");
  CHECK(*folder.List("inner", 1) == std::vector<std::string>{"deep"});
  CHECK(folder.List("", 1)->size() == 1);
  for (const char* path : {"inner/none", "none/file", "none"}) {
    CAPTURE(path);
    CHECK(absl::IsNotFound(folder.Read(path, 7).status()));
  }
  CHECK(Says(folder.Read("inner/none", 7).status(), filled.folder / "inner/none: No such file"));
  CHECK(Says(folder.Read("none/file", 7).status(), filled.folder / "none: No such file"));
  CHECK(absl::IsNotFound(UntrustedFolder::Open(filled.folder / "none").status()));
}

TEST_CASE("who names the folder may name it by a link") {
  const Filled filled;
  fs::create_directory_symlink(filled.folder / "inner", filled.folder / "link");
  CHECK(*UntrustedFolder::Open(filled.folder / "link")->Read("deep/file", 7) == "content");
}

TEST_CASE("no link is followed, neither a file's nor a folder's on the way to one") {
  const Filled filled;
  fs::create_directory_symlink(filled.folder / "inner/deep", filled.folder / "folder");
  fs::create_symlink(filled.folder / "inner/deep/file", filled.folder / "file");
  fs::create_symlink(filled.folder / "none", filled.folder / "dangling");
  const UntrustedFolder folder = filled.Open();
  for (const char* path : {"folder/file", "file", "dangling"}) {
    CAPTURE(path);
    const absl::Status status = folder.Read(path, 7).status();
    CHECK(absl::IsFailedPrecondition(status));
    CHECK(Says(status, "it is a symbolic link"));
  }
  CHECK(Says(folder.List("folder", 9).status(), filled.folder / "folder: it is a symbolic link"));
  CHECK(Says(folder.Inner("folder").status(), "it is a symbolic link"));
}

TEST_CASE("what is no regular file is not opened, and nobody waits for it") {
  const Filled filled;
  REQUIRE(mkfifo((filled.folder / "fifo").c_str(), 0600) == 0);
  const UntrustedFolder folder = filled.Open();
  CHECK(Says(folder.Read("fifo", 7).status(), filled.folder / "fifo: it is not a regular file"));
  CHECK(open((filled.folder / "fifo").c_str(), O_WRONLY | O_NONBLOCK) < 0);
  CHECK(absl::IsFailedPrecondition(folder.Read("inner", 7).status()));
  CHECK(Says(folder.List("inner/deep/file", 7).status(), "it is not a folder"));
}

TEST_CASE("a file or a folder that is too large is refused") {
  const Filled filled;
  const UntrustedFolder folder = filled.Open();
  CHECK(Says(folder.Read("inner/deep/file", 6).status(), "larger than 6 bytes"));
  Write(filled.folder / "inner/other", "");
  CHECK(folder.List("inner", 2)->size() == 2);
  CHECK(absl::IsResourceExhausted(folder.List("inner", 1).status()));
}

}  // namespace caliwatch
