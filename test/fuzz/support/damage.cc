// SPDX-License-Identifier: Apache-2.0
#include "test/fuzz/support/damage.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <utility>
#include <vector>

#include "lib/node/kernel_dumps.h"
#include "test/fuzz/support/nodes.h"

namespace caliwatch {
namespace {

enum class Damage { kByte, kNumber, kWord, kCut, kTwice, kGone, kInsert, kLine, kFail, kOtherNode, kCount };

constexpr uint32_t kNumbers[] = {0, 1, 2, 10, 24, 32, 33, 128, 129, 254, 255, 256, 0x7fffffff, 0x80000000, 0xffffffff};
constexpr absl::string_view kWords[] = {"0",          "-1",           "4294967296",   "18446744073709551616",
                                        "up",         "down",         "Established",  "Idle",
                                        "0.0.0.0/0",  "10.39.0.0/33", "10.39.1.11",   "::/0",
                                        "fe80::1",    "unreachable",  "never",        "23:59:59.999",
                                        "2026-11-27", "tunl0",        "\"",           "<b>",
                                        "\xff",       "\xc2\x9b",     "\xe2\x80\xae", ""};

// Messages stay whole in their frame, as libnl hands them over; what is in it may be anything.
void MendFrame(const std::string& source, std::string& text) {
  if (FindDump(source) == nullptr) return;
  if (text.size() < sizeof(nlmsghdr)) text.resize(sizeof(nlmsghdr));
  const auto length = static_cast<uint32_t>(text.size());
  std::memcpy(text.data(), &length, sizeof length);
}

// Begin and length of one of the pieces that `ends` part a text into.
std::pair<size_t, size_t> PieceAt(const std::string& text, size_t at, absl::string_view ends) {
  const size_t before = text.find_last_of(ends.data(), at, ends.size()),
               begin = before == std::string::npos ? 0 : before + 1;
  return {begin, std::min(text.find_first_of(ends.data(), begin, ends.size()), text.size()) - begin};
}

void DamageText(Damage damage, Input& input, std::string& text) {
  if (text.empty()) return;
  const size_t at = (input.Byte() * 256u + input.Byte()) % text.size();
  switch (damage) {
    case Damage::kByte:
      text[at] = static_cast<char>(input.Byte());
      break;
    case Damage::kNumber: {  // where a message has one
      const uint32_t number = kNumbers[input.Below(std::size(kNumbers))];
      text.replace(at / 4 * 4, 4, std::string(reinterpret_cast<const char*>(&number), sizeof number));
      break;
    }
    case Damage::kWord: {
      const auto [begin, size] = PieceAt(text, at, " \n:,/[]()\"");
      text.replace(begin, size, std::string(kWords[input.Below(std::size(kWords))]));
      break;
    }
    case Damage::kLine: {  // it stands elsewhere too
      const auto [begin, size] = PieceAt(text, at, "\n");
      const std::string line = text.substr(begin, size + 1);
      text.insert(PieceAt(text, input.Byte() * text.size() / 256, "\n").first, line);
      break;
    }
    case Damage::kCut:
      text.resize(at);
      break;
    case Damage::kTwice:
      text.insert(at, text.substr(at, 1 + input.Byte()));
      break;
    case Damage::kGone:
      text.erase(at, 1 + input.Byte());
      break;
    default:
      text.insert(at, std::string(input.Take(input.Below(32))));
  }
}

void Fail(const std::string& source, Input& input, MemoryNode& node) {
  const absl::Status error(static_cast<absl::StatusCode>(1 + input.Below(16)), input.Take(input.Below(16)));
  for (const BirdDaemon daemon : kBirdDaemons)
    for (auto& [key, answer] : node.answers)
      if (key.first == daemon && source == ToString(daemon)) answer = error;
  for (auto& [file, text] : node.files)
    if (source == ToString(file)) text = error;
  if (source == "endpoint_status") node.endpoint_files = error;
  if (const KernelDump* dump = FindDump(source)) node.messages[dump->table].clear();  // a MemoryNode's never fail
}

void TakeFromOther(const std::string& source, const MemoryNode& other, MemoryNode& node) {
  if (const KernelDump* dump = FindDump(source))
    if (const auto messages = other.messages.find(dump->table); messages != other.messages.end())
      node.messages[dump->table] = messages->second;
  for (const auto& [key, answer] : other.answers)
    if (source == ToString(key.first)) node.answers[key] = answer;
  for (const auto& [file, text] : other.files)
    if (source == ToString(file)) node.files[file] = text;
  if (source == "endpoint_status") node.endpoint_files = other.endpoint_files;
}

}  // namespace

std::string DamageSource(Input& input, MemoryNode& node) {
  std::vector<SourceTexts> sources = TextsOf(node);
  const SourceTexts& chosen = sources[input.Below(sources.size())];
  const auto damage = static_cast<Damage>(input.Below(static_cast<size_t>(Damage::kCount)));
  if (damage == Damage::kFail) {
    Fail(chosen.source, input, node);
  } else if (damage == Damage::kOtherNode) {
    TakeFromOther(chosen.source, RecordedStates()[input.Below(RecordedStates().size())].node, node);
  } else if (!chosen.texts.empty()) {
    std::string& text = *chosen.texts[input.Below(chosen.texts.size())];
    DamageText(damage, input, text);
    MendFrame(chosen.source, text);
  }
  return chosen.source;
}

}  // namespace caliwatch
