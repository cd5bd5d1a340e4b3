// SPDX-License-Identifier: Apache-2.0
#include "lib/view/terminal/pager.h"

#include <algorithm>

#include <absl/strings/ascii.h>
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_split.h>
#include <absl/strings/strip.h>

namespace caliwatch {
namespace {

using Kind = Key::Kind;

constexpr size_t kLongestSearch = 200;  // bytes

// Without the escapes that colour it.
std::string Plain(absl::string_view line) {
  std::string plain;
  for (size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '\033')
      i = std::min(line.find('m', i), line.size() - 1);
    else
      plain += line[i];
  }
  return plain;
}

// Where `line` has `wanted`, whatever their cases; npos: nowhere.
size_t PlaceOf(absl::string_view wanted, absl::string_view line, size_t from = 0) {
  return absl::AsciiStrToLower(line).find(absl::AsciiStrToLower(wanted), from);
}

bool Has(const std::string& line, absl::string_view wanted) {
  return PlaceOf(wanted, Plain(line)) != std::string::npos;
}

void EraseCharacter(std::string& text) {
  while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xC0) == 0x80) text.pop_back();
  if (!text.empty()) text.pop_back();
}

}  // namespace

void Pager::Show(absl::string_view text) {
  lines_ = absl::StrSplit(absl::StripSuffix(text, "\n"), '\n');
  top_ = std::min(top_, Last());
  if (found_ && (*found_ >= lines_.size() || !Has(lines_[*found_], wanted_))) found_.reset();
}

size_t Pager::Last() const { return lines_.size() > body_ ? lines_.size() - body_ : 0; }

void Pager::Move(std::ptrdiff_t lines) {
  const auto top = static_cast<std::ptrdiff_t>(top_) + lines;
  top_ = std::min(static_cast<size_t>(std::max<std::ptrdiff_t>(top, 0)), Last());
}

bool Pager::Press(const Key& key) {
  if (typed_) return PressWhileTyping(key);
  const auto page = static_cast<std::ptrdiff_t>(std::max<size_t>(body_, 2) - 1);  // one line stays to go on from
  switch (key.kind) {
    case Kind::kUp:
      Move(-1);
      break;
    case Kind::kDown:
    case Kind::kEnter:
      Move(1);
      break;
    case Kind::kPageUp:
      Move(-page);
      break;
    case Kind::kPageDown:
      Move(page);
      break;
    case Kind::kHome:
      top_ = 0;
      break;
    case Kind::kEnd:
      top_ = Last();
      break;
    case Kind::kEscape:
      wanted_.clear();
      break;
    case Kind::kCharacter:
      if (key.text == "q") return false;
      PressCharacter(key.text);
      break;
    case Kind::kErase:
    case Kind::kOther:
      break;
  }
  return true;
}

// As in less and vi.
void Pager::PressCharacter(absl::string_view text) {
  if (text == "/") typed_ = "";
  if (text == "n") Find(1);
  if (text == "N") Find(-1);
  if (text == "j") Press({Kind::kDown});
  if (text == "k") Press({Kind::kUp});
  if (text == " ") Press({Kind::kPageDown});
  if (text == "b") Press({Kind::kPageUp});
  if (text == "g") Press({Kind::kHome});
  if (text == "G") Press({Kind::kEnd});
}

bool Pager::PressWhileTyping(const Key& key) {
  if (key.kind == Kind::kCharacter && typed_->size() < kLongestSearch) *typed_ += key.text;
  if (key.kind == Kind::kErase) EraseCharacter(*typed_);
  if (key.kind == Kind::kEscape) typed_.reset();
  if (key.kind == Kind::kEnter) {
    if (!typed_->empty()) wanted_ = *typed_;  // nothing typed: as before
    typed_.reset();
    found_.reset();
    Find(1);
  }
  return true;
}

void Pager::Find(int direction) {
  if (wanted_.empty() || lines_.empty()) return;
  const size_t count = lines_.size(), step = direction > 0 ? 1 : count - 1;
  size_t at = found_ ? *found_ : (top_ + count - step) % count;
  found_.reset();
  for (size_t tried = 0; tried < count && !found_; ++tried) {
    at = (at + step) % count;
    if (Has(lines_[at], wanted_)) found_ = at;
  }
  if (found_ && (*found_ < top_ || *found_ >= top_ + body_)) top_ = std::min(*found_, Last());
}

// One that has what is searched for loses its own colours for the mark.
std::string Pager::Line(const std::string& line) const {
  if (wanted_.empty() || !colour_) return line;
  const std::string plain = Plain(line);
  std::string marked;
  size_t from = 0;
  for (size_t at = PlaceOf(wanted_, plain); at != std::string::npos; at = PlaceOf(wanted_, plain, from)) {
    absl::StrAppend(&marked, plain.substr(from, at - from), "\033[7m", plain.substr(at, wanted_.size()), "\033[27m");
    from = at + wanted_.size();
  }
  return from == 0 ? line : marked + plain.substr(from);
}

std::string Pager::StatusRow() const {
  if (typed_) return absl::StrCat("/", *typed_, "   Enter searches, Esc does not");
  std::string text = "q quits";
  if (lines_.size() > body_) {
    const size_t below = Last() - top_;
    text = absl::StrCat("lines ", top_ + 1, " to ", top_ + body_, " of ", lines_.size(),
                        below == 0 ? "" : absl::StrCat(", ", below, " more below"), "   ", text,
                        ", arrows and PgUp/PgDn scroll");
  }
  absl::StrAppend(&text, ", / searches");
  if (wanted_.empty()) return text;
  const bool anywhere =
      std::any_of(lines_.begin(), lines_.end(), [&](const std::string& line) { return Has(line, wanted_); });
  return absl::StrCat(anywhere ? "n and N go to the lines with " : "no line has ", wanted_, ", Esc ends that   ", text);
}

std::string Pager::Frame(size_t rows) {
  body_ = std::max<size_t>(rows, 2) - 1;
  top_ = std::min(top_, Last());
  std::vector<std::string> shown;
  for (size_t i = top_; i < lines_.size() && i < top_ + body_ && rows > 1; ++i) shown.push_back(Line(lines_[i]));
  // The last row is at the foot of the screen, however short the text is.
  shown.resize(std::max<size_t>(rows, 1) - 1);
  shown.push_back(colour_ ? absl::StrCat("\033[2m", StatusRow(), "\033[0m") : StatusRow());
  // Each line erases what is left of the one before it; the last erases all below. No frame is ever empty.
  return absl::StrCat("\033[H", absl::StrJoin(shown, "\033[K\r\n"), "\033[K\033[J");
}

}  // namespace caliwatch
