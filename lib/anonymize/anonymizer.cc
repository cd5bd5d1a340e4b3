// SPDX-License-Identifier: Apache-2.0
#include "lib/anonymize/anonymizer.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include <absl/strings/ascii.h>
#include <absl/strings/escaping.h>
#include <absl/strings/match.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_replace.h>
#include <absl/strings/str_split.h>

#include "lib/anonymize/vocabulary.h"

namespace caliwatch {
namespace {

constexpr size_t kLongestName = 15;  // of an interface: IFNAMSIZ less its NUL

// What stands before a workload's id in its interface's name, by Calico's and others' CNI plugins.
constexpr std::array<absl::string_view, 7> kInterfacePrefixes = {"cali", "veth", "eni", "gke", "azv", "tap", "lxc"};

constexpr absl::string_view kBetweenWords = " \t\r\n\v\f,;()[]{}<>\"'=|*!?&";

// "eni12ab34cd56e": the prefix, where an id follows it; else empty.
absl::string_view InterfacePrefixOf(absl::string_view name) {
  for (const absl::string_view prefix : kInterfacePrefixes) {
    const absl::string_view id = absl::StartsWith(name, prefix) ? name.substr(prefix.size()) : "";
    if (id.size() >= 3 && std::all_of(id.begin(), id.end(), [](unsigned char c) { return absl::ascii_isxdigit(c); }))
      return prefix;
  }
  return absl::StartsWith(name, "cali") ? "cali" : "";  // the name alone makes it a workload's
}

std::optional<MacAddress> MacFrom(absl::string_view text) {
  const std::vector<absl::string_view> bytes = absl::StrSplit(text, ':');
  MacAddress mac{};
  if (bytes.size() != mac.size()) return std::nullopt;
  for (size_t i = 0; i < mac.size(); ++i) {
    uint32_t byte = 0;
    if (bytes[i].size() != 2 || !absl::SimpleHexAtoi(bytes[i], &byte)) return std::nullopt;
    mac[i] = static_cast<uint8_t>(byte);
  }
  return mac;
}

// As in the name of a protocol, where Calico writes "_" for each "." and ":".
std::optional<IpAddress> AddressFromName(absl::string_view text) {
  for (const absl::string_view sign : {".", ":"})
    if (absl::StatusOr<IpAddress> address = IpAddress::Parse(absl::StrReplaceAll(text, {{"_", sign}})); address.ok())
      return *address;
  return std::nullopt;
}

std::string NameOfAddress(const IpAddress& address) {
  return absl::StrReplaceAll(address.ToString(), {{".", "_"}, {":", "_"}});
}

}  // namespace

std::string Anonymizer::Name(absl::string_view name) const {
  const absl::string_view prefix = InterfacePrefixOf(name);
  const std::string id = absl::StrFormat("%016x", hash_(absl::StrCat("name ", name)));
  const size_t digits = prefix.empty() ? 10 : std::min<size_t>(11, kLongestName - prefix.size());
  return absl::StrCat(prefix.empty() ? "n" : prefix, id.substr(id.size() - digits));
}

std::string Anonymizer::Protocol(absl::string_view name) const {
  for (const absl::string_view kind : {"Mesh_", "Global_", "Node_", "Local_Workload_"}) {
    if (!absl::StartsWith(name, kind)) continue;
    const absl::string_view rest = name.substr(kind.size());
    const size_t port = std::min(rest.find("_port_"), rest.size());
    const std::optional<IpAddress> address = AddressFromName(rest.substr(0, port));
    if (!address) return absl::StrCat(kind, Name(rest));
    return absl::StrCat(kind, NameOfAddress(addresses_.Map(*address)), Word(rest.substr(port)));
  }
  return Name(name);
}

std::string Anonymizer::Word(absl::string_view word) const {
  if (absl::StatusOr<IpAddress> address = IpAddress::Parse(word); address.ok())
    return addresses_.Map(*address).ToString();
  if (absl::StrContains(word, '/'))
    if (absl::StatusOr<Prefix> prefix = Prefix::Parse(word); prefix.ok()) return addresses_.Map(*prefix).ToString();
  if (const std::optional<MacAddress> mac = MacFrom(word)) return ToString(addresses_.Map(*mac));
  if (IsHarmlessWord(word)) return std::string(word);
  return Pieces(word);
}

// "10.0.0.1:179", "default/web-1", "fe80::1%eth0", "peer:".
std::string Anonymizer::Pieces(absl::string_view word) const {
  const size_t end = word.find_last_not_of(":.");
  if (end + 1 < word.size()) return absl::StrCat(Word(word.substr(0, end + 1)), word.substr(end + 1));
  for (const char sign : {'/', '%', ':'})
    if (absl::StrContains(word, sign))
      return absl::StrJoin(absl::StrSplit(word, sign), std::string(1, sign),
                           [&](std::string* out, absl::string_view piece) { absl::StrAppend(out, Word(piece)); });
  return Protocol(word);
}

std::string Anonymizer::Text(absl::string_view text) const {
  std::string mapped;
  while (!text.empty()) {
    const size_t blanks = std::min(text.find_first_not_of(kBetweenWords), text.size());
    absl::StrAppend(&mapped, text.substr(0, blanks));
    text.remove_prefix(blanks);
    const size_t word = std::min(text.find_first_of(kBetweenWords), text.size());
    if (word != 0) absl::StrAppend(&mapped, Word(text.substr(0, word)));
    text.remove_prefix(word);
  }
  return mapped;
}

absl::Status Anonymizer::Error(const absl::Status& error) const {
  return absl::Status(error.code(), Text(error.message()));
}

}  // namespace caliwatch
