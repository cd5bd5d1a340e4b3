// SPDX-License-Identifier: Apache-2.0
#include "lib/node/own_folder.h"

#include <filesystem>

#include <absl/status/status.h>
#include <absl/strings/str_cat.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test/support/catch.h"
#include "test/support/status_says.h"
#include "test/support/temporary_folder.h"

namespace caliwatch {
namespace {

namespace fs = std::filesystem;

TEST_CASE("files and folders are made, replaced and removed in it") {
  const TemporaryFolder folder;
  const auto own = OwnFolder::Make(folder / "own");
  REQUIRE(own.ok());
  REQUIRE(own->MakeFolder("inner").ok());
  CHECK(own->MakeFolder("inner").ok());
  REQUIRE(own->Write("inner/file", "one").ok());
  REQUIRE(own->Write("inner/file", "2").ok());
  CHECK(Read(folder / "own/inner/file") == "2");
  CHECK(own->Remove("inner/file").ok());
  CHECK(own->Remove("inner/file").ok());
  REQUIRE(own->Write("inner/other", "").ok());
  CHECK(own->Remove("inner").ok());
  CHECK(fs::is_empty(folder / "own"));
  CHECK(own->MakeInner("deeper").ok());
  CHECK(absl::IsNotFound(own->Write("none/file", "")));
}

TEST_CASE("a folder that another user owns or may write to is not taken") {
  const TemporaryFolder folder;
  const std::string path = folder / "own";
  fs::create_directory(path);
  CHECK(OwnFolder::Make(path).ok());
  SECTION("another user's") {
    if (geteuid() != 0) return;
    REQUIRE(chown(path.c_str(), 65534, 0) == 0);
    CHECK(Says(OwnFolder::Make(path).status(), "it belongs to user 65534"));
  }
  SECTION("the group's") { REQUIRE(chmod(path.c_str(), 0770) == 0); }
  SECTION("everybody's") { REQUIRE(chmod(path.c_str(), 01777) == 0); }
  CHECK(absl::IsFailedPrecondition(OwnFolder::Make(path).status()));
  CHECK(Says(OwnFolder::Make(path).status(), "Name a new folder"));
}

TEST_CASE("a link to a folder, a file or a FIFO in its place is not taken") {
  const TemporaryFolder folder;
  fs::create_directory(folder / "elsewhere");
  const std::string path = folder / "own";
  SECTION("a link") { fs::create_directory_symlink(folder / "elsewhere", path); }
  SECTION("a file") { Write(path, ""); }
  SECTION("a FIFO") { REQUIRE(mkfifo(path.c_str(), 0600) == 0); }
  CHECK(Says(OwnFolder::Make(path).status(), "it is no folder, or a symbolic link"));
}

// What whoever can write beside us, or has become us, may do between two steps of ours.
TEST_CASE("whatever is put in its place or into it, nothing outside is written, and nothing removed") {
  const TemporaryFolder folder;
  fs::create_directories(folder / "precious/inner");
  Write(folder / "precious/inner/file", "precious");
  const auto own = OwnFolder::Make(folder / "own");
  REQUIRE(own.ok());
  REQUIRE(own->MakeFolder("inner").ok());
  SECTION("a link in the folder's place") {
    fs::rename(folder / "own", folder / "moved");
    fs::create_directory_symlink(folder / "precious", folder / "own");
    CHECK(own->Write("inner/file", "overwritten").ok());
    CHECK(own->Remove("inner").ok());
    CHECK(own->MakeInner("look").ok());
    CHECK(fs::is_directory(folder / "moved/look"));
  }
  SECTION("a link in an inner folder's place") {
    fs::remove(folder / "own/inner");
    fs::create_directory_symlink(folder / "precious/inner", folder / "own/inner");
    CHECK_FALSE(own->Write("inner/file", "overwritten").ok());
    CHECK_FALSE(own->Remove("inner/file").ok());
    CHECK_FALSE(own->MakeInner("inner").ok());
    CHECK(own->Remove("inner").ok());  // the link itself
  }
  SECTION("a link in a file's place") {
    fs::create_symlink(folder / "precious/inner/file", folder / "own/inner/file");
    CHECK(own->Write("inner/file", "overwritten").ok());
    CHECK(Read(folder / "own/inner/file") == "overwritten");
  }
  SECTION("a link that hangs") {
    fs::create_symlink(folder / "precious/made", folder / "own/inner/file");
    CHECK(own->Write("inner/file", "overwritten").ok());
  }
  CHECK(Read(folder / "precious/inner/file") == "precious");
  CHECK(std::distance(fs::recursive_directory_iterator(folder / "precious"), fs::recursive_directory_iterator()) == 2);
}

}  // namespace
}  // namespace caliwatch
