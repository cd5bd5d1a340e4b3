// SPDX-License-Identifier: Apache-2.0
#include "lib/view/terminal/path_text.h"

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>

#include "lib/model/utf8.h"
#include "lib/view/finding_words.h"
#include "lib/view/path_words.h"
#include "lib/view/terminal/text_layout.h"
#include "lib/view/words.h"

namespace caliwatch {
namespace {

constexpr size_t kLineWidth = 100;
constexpr size_t kHopIndent = 25;

std::string Line(absl::string_view text, size_t indent) { return Wrapped(Printable(text), indent, kLineWidth); }

std::string VerdictWord(HopVerdict verdict) {
  if (verdict == HopVerdict::kGood) return "ok";
  const absl::string_view name = ToString(verdict);
  return verdict >= HopVerdict::kLimited ? absl::AsciiStrToUpper(name) : std::string(name);
}

// Whole lines, so that they can be copied; what is behind `#` a shell does not read.
std::string Typed(const Command& command, size_t indent) {
  return absl::StrCat(std::string(indent, ' '), Printable(command.line), "  # ", Printable(PlaceText(command)),
                      command.changes ? "; changes something" : "", "\n");
}

std::string HopLines(const Hop& hop, absl::Time now) {
  std::string text = absl::StrFormat("  %-9s %-12s ", VerdictWord(hop.verdict), KindText(hop.kind));
  text += Line(HopText(hop), kHopIndent).substr(kHopIndent);
  for (const std::string& why : WhyTexts(hop, now)) text += Line(why, kHopIndent + 2);
  if (hop.elsewhere) text += Typed(*hop.elsewhere, kHopIndent + 2);
  return text;
}

std::string WayLines(absl::string_view title, const std::vector<Hop>& hops, absl::Time now) {
  std::string text = absl::StrCat(title, "\n");
  for (const Hop& hop : hops) text += HopLines(hop, now);
  return text;
}

std::string PathText(const Path& path, absl::Time now) {
  const PathAnswer answer = AnswerOf(path);
  std::string text = Line(absl::StrCat("From ", EndText(path.from), " to ", EndText(path.to)), 0);
  text += Line(absl::StrCat(AnswerText(path), "."), 2);
  if (const std::string remedy = RemedyText(answer); !remedy.empty())
    text += Line(absl::StrCat("What to do: ", remedy), 2);
  for (const Command& command : CommandsOf(answer)) text += Typed(command, 6);
  return absl::StrCat(text, "\n", WayLines("There", path.there, now), WayLines("Back", path.back, now));
}

}  // namespace

std::string PathsText(const std::vector<Path>& paths, const Report& report) {
  std::string text =
      absl::StrCat("As ", Printable(NodeText(report)), " sees it at ",
                   absl::FormatTime("%Y-%m-%d %H:%M:%S UTC", report.taken_at, absl::UTCTimeZone()), "\n");
  for (const Path& path : paths) absl::StrAppend(&text, "\n", PathText(path, report.taken_at));
  return absl::StrCat(text, "\n", Line(kNotOnPaths, 0));
}

}  // namespace caliwatch
