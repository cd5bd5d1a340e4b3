// SPDX-License-Identifier: Apache-2.0
#include "lib/node/folder_watch.h"

#include <filesystem>
#include <fstream>

#include "test/support/catch.h"
#include "test/support/temporary_folder.h"

namespace caliwatch {
namespace {

namespace fs = std::filesystem;

TEST_CASE("every change of a folder's files is told, once, and nothing else") {
  TemporaryFolder folder;
  Write(folder / "a", "one");
  FolderWatch watch(folder.path());
  CHECK(watch.MayHaveChanged());  // since when?
  CHECK_FALSE(watch.MayHaveChanged());
  CHECK(Read(folder / "a") == "one");
  CHECK_FALSE(watch.MayHaveChanged());
  const auto tells = [&](auto change) {
    change();
    return watch.MayHaveChanged() && !watch.MayHaveChanged();
  };
  CHECK(tells([&] { Write(folder / "b", ""); }));
  CHECK(tells([&] { Write(folder / "a", "two"); }));
  CHECK(tells([&] { std::ofstream(folder / "a", std::ios::app) << "three"; }));
  CHECK(tells([&] { fs::rename(folder / "b", folder / "a"); }));
  CHECK(tells([&] { fs::permissions(folder / "a", fs::perms::none); }));
  CHECK(tells([&] { fs::remove(folder / "a"); }));
  for (int i = 0; i < 2000; ++i) Write(folder / "c", "more than one reading holds");
  CHECK(watch.MayHaveChanged());
  CHECK_FALSE(watch.MayHaveChanged());
}

TEST_CASE("a folder that is not there, or is another one, may have changed") {
  TemporaryFolder around;
  const std::string path = around / "inner";
  FolderWatch watch(path);
  CHECK(watch.MayHaveChanged());
  CHECK(watch.MayHaveChanged());
  fs::create_directory(path);
  CHECK(watch.MayHaveChanged());
  CHECK_FALSE(watch.MayHaveChanged());
  fs::rename(path, around / "old");
  fs::create_directory(path);
  CHECK(watch.MayHaveChanged());
  CHECK_FALSE(watch.MayHaveChanged());
  Write(around / "old/a", "");
  CHECK_FALSE(watch.MayHaveChanged());
  fs::remove(path);
  CHECK(watch.MayHaveChanged());
  CHECK(watch.MayHaveChanged());
}

}  // namespace
}  // namespace caliwatch
