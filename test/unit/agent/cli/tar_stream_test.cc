// SPDX-License-Identifier: Apache-2.0
#include "agent/cli/tar_stream.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <absl/strings/str_cat.h>

#include "test/support/catch.h"
#include "test/support/temporary_folder.h"

namespace caliwatch {
namespace {

namespace fs = std::filesystem;

// By the tar of this machine.
int Unpack(const std::string& archive, const std::string& into) {
  return std::system(absl::StrCat("tar -x -f ", archive, " -C ", into, " 2>", into, ".complaints").c_str());
}

absl::Status Archive(const std::string& folder, const std::string& path) {
  std::ofstream out(path, std::ios::binary);
  return WriteTar(folder, "recording", out);
}

TEST_CASE("tar unpacks what was written, file by file, whatever the sizes and names") {
  const TemporaryFolder folder;
  const std::string from = folder / "from", to = folder / "to", archive = folder / "archive";
  fs::create_directories(from + "/kernel");
  fs::create_directories(from + "/empty");
  fs::create_directories(to);
  const std::string long_name = "k8s " + std::string(120, 'n') + "%2F" + std::string(110, 'p') + " eth0";
  for (const size_t size : {0, 1, 511, 512, 513, 100000})
    Write(absl::StrCat(from, "/kernel/", size), std::string(size, '\xFE'));
  Write(from + "/" + long_name, "a pod");
  REQUIRE(Archive(from, archive).ok());
  REQUIRE(Unpack(archive, to) == 0);
  for (const size_t size : {0, 1, 511, 512, 513, 100000})
    CHECK(Read(absl::StrCat(to, "/recording/kernel/", size)) == std::string(size, '\xFE'));
  CHECK(Read(to + "/recording/" + long_name) == "a pod");
  CHECK(fs::is_empty(to + "/recording/empty"));
  CHECK(Read(to + ".complaints").empty());
}

TEST_CASE("no link is followed, and nobody else may read what was unpacked") {
  const TemporaryFolder folder;
  const std::string from = folder / "from", to = folder / "to";
  fs::create_directories(from);
  fs::create_directories(to);
  Write(folder / "secret", "secret");
  fs::create_symlink(folder / "secret", from + "/link");
  Write(from + "/file", "text");
  REQUIRE(Archive(from, folder / "archive").ok());
  REQUIRE(Unpack(folder / "archive", to) == 0);
  CHECK(!fs::exists(fs::symlink_status(to + "/recording/link")));
  CHECK((fs::status(to + "/recording/file").permissions() & fs::perms::others_read) == fs::perms::none);
}

TEST_CASE("an archive that cannot be written, and a folder that cannot be read, are errors") {
  const TemporaryFolder folder;
  Write(folder / "file", std::string(100000, 'x'));
  CHECK(!Archive(folder.path(), "/dev/full").ok());
  CHECK(!Archive("/nonexistent", folder / "archive").ok());
}

}  // namespace
}  // namespace caliwatch
