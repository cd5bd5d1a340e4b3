// SPDX-License-Identifier: Apache-2.0
#include "lib/view/html/markdown.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

#include "agent/build/embedded.h"
#include "test/support/catch.h"
#include "test/support/source_tree.h"

namespace caliwatch {
namespace {

std::string To(absl::string_view name) { return name == "Known" ? "../Known" : ""; }
std::string Of(absl::string_view text) { return MarkdownHtml(text, To); }

TEST_CASE("headings, and paragraphs of several lines") {
  CHECK(Of("# A head\nfirst\nsecond\n\nanother\n") == "<h1>A head</h1>\n<p>first second</p>\n<p>another</p>\n");
}

TEST_CASE("within a paragraph: code, weight, stress, links to pages there are") {
  CHECK(Of("**What.** a `b` *c*") == "<p><strong>What.</strong> a <code>b</code> <em>c</em></p>\n");
  CHECK(Of("[there](Known.md), [nowhere](../x.yaml)") == "<p><a href=\"../Known\">there</a>, nowhere</p>\n");
  CHECK(Of("Known, `Known`, Known_not") ==
        "<p><a href=\"../Known\">Known</a>, <code><a href=\"../Known\">Known</a></code>, Known_not</p>\n");
  CHECK(Of("**a `b*` c**") == "<p><strong>a <code>b*</code> c</strong></p>\n");
}

TEST_CASE("a mark without its end is text") {
  for (const char* text : {"a ` b", "a ** b", "cali*", "a [ b", "[a](b", "[]()", "``", "****"}) {
    INFO(text);
    CHECK(Of(text) == absl::StrCat("<p>", text, "</p>\n"));
  }
}

TEST_CASE("fenced code is as it stands, also where the fence does not end") {
  const std::string html = "<pre tabindex=\"0\">ip route  # **no** mark\n\n| x</pre>\n";
  CHECK(Of("```sh\nip route  # **no** mark\n\n| x\n```\n") == html);
  CHECK(Of("text\n```\nleft open") == "<p>text</p>\n<pre tabindex=\"0\">left open</pre>\n");
}

TEST_CASE("tables, with a bar in a cell") {
  CHECK(Of("| a | b |\n|---|---|\n| `c \\| d` | Known |\ntext") ==
        "<table><thead>"
        "<tr><th scope=\"col\">a</th><th scope=\"col\">b</th></tr>\n</thead><tbody>\n"
        "<tr><td><code>c | d</code></td><td><a href=\"../Known\">Known</a></td></tr>\n</tbody></table>\n"
        "<p>text</p>\n");
}

TEST_CASE("ordered lists, whose items go on in the next line") {
  CHECK(Of("1. one\n   goes on\n2. two\n\ntext") == "<ol>\n<li>one goes on</li>\n<li>two</li>\n</ol>\n<p>text</p>\n");
}

TEST_CASE("nothing is markup of HTML, wherever it stands") {
  const absl::string_view bad = "<b x='\"'>&\x1b\xff";
  for (const std::string& text :
       {absl::StrCat("# ", bad), absl::StrCat(bad), absl::StrCat("`", bad, "`"), absl::StrCat("```\n", bad),
        absl::StrCat("| ", bad, " |\n|--|\n| ", bad, " |"), absl::StrCat("1. ", bad),
        absl::StrCat("[", bad, "](Known.md)"), absl::StrCat("[x](", bad, ")"), absl::StrCat("**", bad, "**")}) {
    INFO(text);
    const std::string html = Of(text);
    CHECK_FALSE(absl::StrContains(html, "<b"));
    CHECK_FALSE(absl::StrContains(html, "x='"));
    CHECK_FALSE(absl::StrContains(html, "\x1b"));
    CHECK_FALSE(absl::StrContains(html, "\xff"));
  }
  CHECK(MarkdownHtml("x", [](absl::string_view) { return std::string("\"><script>"); }) ==
        "<p><a href=\"&quot;&gt;&lt;script&gt;\">x</a></p>\n");
}

TEST_CASE("the runbooks use nothing that would be shown as it is typed") {
  for (const EmbeddedFile& runbook : Runbooks()) {
    INFO(runbook.name);
    const std::string html = Of(runbook.text);
    CHECK(Matches(html, "(<(?:p|li|td|h1)>(?:#|- |\\* |\\+ |&gt; ))").empty());
    CHECK(Matches(html, "(<(?:p|li|td)>[^\\n]*(?:\\*\\*|`|\\]\\())").empty());
    CHECK(Matches(html, "(<td>:?-+:?</td>)").empty());
    CHECK(absl::StartsWith(html, "<h1>"));
  }
}

}  // namespace
}  // namespace caliwatch
