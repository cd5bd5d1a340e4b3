// SPDX-License-Identifier: Apache-2.0
#include "lib/view/html/status_node.h"

#include <optional>
#include <vector>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/strings/string_view.h>

#include "lib/view/html/html.h"
#include "lib/view/html/status_episodes.h"
#include "lib/view/this_node_words.h"
#include "lib/view/words.h"

namespace caliwatch {
namespace {

constexpr size_t kBlocksAtOnce = 4, kBlocks = 100;

// `value` is HTML.
std::string Row(absl::string_view name, absl::string_view value, absl::string_view css_class = "") {
  if (value.empty()) return "";
  return absl::StrCat("<dt>", name, "</dt><dd", css_class.empty() ? "" : absl::StrCat(" class=\"", css_class, "\""),
                      ">", value, "</dd>\n");
}

std::string Lines(const std::vector<std::string>& lines) {
  return absl::StrJoin(lines, "<br>\n", [](std::string* html, const std::string& line) { html->append(Html(line)); });
}

// A node has a handful; one that has hundreds is told of them all the same.
std::string Blocks(const Report& report) {
  std::vector<std::string> shown = BlockLines(report), folded;
  if (shown.size() <= kBlocksAtOnce) return Lines(shown);
  folded.assign(shown.begin() + kBlocksAtOnce, shown.end());
  shown.resize(kBlocksAtOnce);
  const size_t more = folded.size(), left_out = more > kBlocks ? more - kBlocks : 0;
  folded.resize(more - left_out);
  if (left_out != 0) folded.push_back(absl::StrCat("and ", left_out, " more"));
  return Lines(shown) + HtmlDetails("more-blocks", absl::StrCat(more, " more"), Lines(folded));
}

std::string Birds(const Report& report) {
  if (const std::string none = NoBirdText(report); !none.empty()) return Html(none);
  std::vector<std::string> lines;
  for (const Family family : kFamilies) lines.push_back(absl::StrCat(TitleOf(family), ": ", BirdText(report, family)));
  return Lines(lines);
}

absl::string_view ClassOf(bool is_old) { return is_old ? "old" : ""; }

}  // namespace

std::string NodeCardHtml(const Report& report) {
  const std::optional<LocalAs> as = LocalAsOf(report);
  bool is_bird_old = false;
  for (const BirdReport& bird : report.birds) is_bird_old |= bird.read_before().has_value();
  return HtmlSection(
      "node", "Node",
      absl::StrCat("<dl>\n", Row("Addresses", Html(AddressesText(report))),
                   Row("AS", Html(AsText(report)), ClassOf(as && as->read)),
                   Row("Encapsulation", Html(EncapsulationText(report))), Row("Pods", Html(WorkloadsText(report))),
                   Row("Blocks", Blocks(report)), Row("Kernel routes", Lines(KernelRouteLines(report))),
                   Row("Neighbor table", Lines(NeighborTableLines(report))),
                   Row("BIRD", Birds(report), ClassOf(is_bird_old)), Row("Restarts of BIRD", RestartsHtml(report)),
                   Row("Felix", Html(FelixText(report))), "</dl>\n"));
}

}  // namespace caliwatch
