// SPDX-License-Identifier: Apache-2.0
#include "agent/cli/tar_stream.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <fstream>
#include <map>
#include <numeric>
#include <system_error>

#include <absl/status/statusor.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>

namespace caliwatch {
namespace {

namespace fs = std::filesystem;

constexpr size_t kBlock = 512;
using Block = std::array<char, kBlock>;

// A field of the header: where it is, how long, and what it holds. Places are those of POSIX' ustar.
struct Field {
  size_t at, size;
};
constexpr Field kName{0, 100}, kMode{100, 8}, kUser{108, 8}, kGroup{116, 8}, kSize{124, 12}, kTime{136, 12},
    kChecksum{148, 8}, kType{156, 1}, kMagic{257, 6}, kVersion{263, 2};
constexpr uint64_t kLargest = 077777777777;  // eleven digits, to the base 8

void Put(Block& header, Field field, absl::string_view text) {
  std::copy(text.begin(), text.end(), header.begin() + static_cast<std::ptrdiff_t>(field.at));
}

void PutNumber(Block& header, Field field, uint64_t number) {
  Put(header, field, absl::StrFormat("%0*o", field.size - 1, number));
}

Block Header(const std::string& name, char type, uint64_t size) {
  Block header{};
  Put(header, kName, name);
  PutNumber(header, kMode, type == '5' ? 0700 : 0600);  // a recording names pods and addresses
  PutNumber(header, kUser, 0);
  PutNumber(header, kGroup, 0);
  PutNumber(header, kSize, size);
  PutNumber(header, kTime, 0);
  Put(header, kType, {&type, 1});
  Put(header, kMagic, "ustar");
  Put(header, kVersion, "00");
  Put(header, kChecksum, "        ");  // counts as blanks in its own sum
  const uint64_t sum = std::accumulate(header.begin(), header.end(), uint64_t{0}, [](uint64_t so_far, char byte) {
    return so_far + static_cast<unsigned char>(byte);
  });
  Put(header, kChecksum, absl::StrCat(absl::StrFormat("%06o", sum), absl::string_view("\0 ", 2)));
  return header;
}

void Write(std::ostream& out, const Block& block) { out.write(block.data(), kBlock); }

// A pod's file may have a name that ustar has no room for; GNU's entry before it, which every tar reads, has.
void WriteHead(const std::string& name, char type, uint64_t size, std::ostream& out) {
  if (name.size() > kName.size) {
    Write(out, Header("././@LongLink", 'L', name.size() + 1));
    const size_t padding = kBlock - name.size() % kBlock;
    out << name << std::string(padding, '\0');
  }
  Write(out, Header(name.substr(0, kName.size), type, size));
}

// In blocks, the last filled up.
absl::Status WriteFile(const fs::path& path, const std::string& name, std::ostream& out) {
  std::error_code error;
  const uint64_t size = fs::file_size(path, error);
  std::ifstream file(path, std::ios::binary);
  if (error || !file) return absl::UnavailableError(absl::StrCat(path.string(), " cannot be read"));
  if (size > kLargest) return absl::OutOfRangeError(absl::StrCat(path.string(), " is too large for an archive"));
  WriteHead(name, '0', size, out);
  for (uint64_t left = size; left != 0;) {
    Block block{};
    const auto part = static_cast<size_t>(std::min<uint64_t>(left, kBlock));
    if (!file.read(block.data(), static_cast<std::streamsize>(part)))
      return absl::UnavailableError(absl::StrCat(path.string(), " has become shorter"));
    Write(out, block);
    left -= part;
  }
  return absl::OkStatus();
}

// By name, so that a folder comes before what is in it.
absl::StatusOr<std::map<std::string, fs::path>> Entries(const fs::path& folder, const std::string& name) {
  std::map<std::string, fs::path> entries = {{name + "/", folder}};
  std::error_code error;
  for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    const bool is_folder = at->symlink_status().type() == fs::file_type::directory;
    if (!is_folder && at->symlink_status().type() != fs::file_type::regular) continue;
    const std::string inside = absl::StrCat(name, "/", at->path().lexically_relative(folder).string());
    entries[is_folder ? inside + "/" : inside] = at->path();
  }
  if (error) return absl::UnavailableError(absl::StrCat(folder.string(), ": ", error.message()));
  return entries;
}

}  // namespace

absl::Status WriteTar(const fs::path& folder, const std::string& name, std::ostream& out) {
  const auto entries = Entries(folder, name);
  if (!entries.ok()) return entries.status();
  for (const auto& [inside, path] : *entries) {
    if (inside.back() == '/')
      WriteHead(inside, '5', 0, out);
    else if (absl::Status written = WriteFile(path, inside, out); !written.ok())
      return written;
  }
  for (int end = 0; end < 2; ++end) Write(out, Block{});
  if (!out.flush()) return absl::UnavailableError("the archive could not be written");
  return absl::OkStatus();
}

}  // namespace caliwatch
