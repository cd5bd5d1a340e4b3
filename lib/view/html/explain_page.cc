// SPDX-License-Identifier: Apache-2.0
#include "lib/view/html/explain_page.h"

#include <absl/container/flat_hash_set.h>
#include <absl/strings/str_cat.h>

#include "lib/view/html/html.h"
#include "lib/view/html/markdown.h"

namespace caliwatch {
namespace {

constexpr size_t kNameShown = 80;  // bytes of a name that is none

// Addresses are relative, so that the pages also work behind a proxy that puts them into a folder.
std::string Document(absl::string_view title, absl::string_view main, absl::string_view to_root) {
  return absl::StrCat("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n",
                      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n",
                      "<meta name=\"color-scheme\" content=\"light dark\">\n<title>", Html(title),
                      " - caliwatch</title>\n<link rel=\"icon\" href=\"", to_root,
                      "icon.svg\" type=\"image/svg+xml\">\n<link rel=\"stylesheet\" href=\"", to_root,
                      "status.css\">\n<link rel=\"stylesheet\" href=\"", to_root,
                      "explain.css\">\n</head>\n<body>\n<header><nav><a href=\"", to_root.empty() ? "./" : to_root,
                      "\">This node</a> <a href=\"", to_root,
                      "explain\">All checks and alerts</a></nav></header>\n<main class=\"explain\">\n", main,
                      "</main>\n</body>\n</html>\n");
}

// Where the names of other topics lead.
class Links {
 public:
  Links(const std::vector<Runbook>& runbooks, absl::string_view to_root, absl::string_view self = "")
      : to_root_(to_root) {
    for (const Topic& topic : AllTopics(runbooks))
      if (topic.name() != self) names_.insert(topic.name());
  }

  std::string operator()(absl::string_view name) const {
    return names_.contains(name) ? absl::StrCat(to_root_, "explain/", name) : "";
  }

 private:
  absl::string_view to_root_;
  absl::flat_hash_set<absl::string_view> names_;
};

std::string CheckHtml(const CheckInfo& check, const std::vector<Runbook>& runbooks, const Links& links) {
  const auto paragraph = [&](absl::string_view head, absl::string_view text) {
    return absl::StrCat("<h2>", head, "</h2>\n<p>", LinkedHtml(text, links), "</p>\n");
  };
  const absl::string_view severity = ToString(check.severity);
  std::string alerts;
  for (const absl::string_view alert : AlertsThatName(check.name, runbooks))
    absl::StrAppend(&alerts, "<li>", LinkedHtml(alert, links), "</li>\n");
  return absl::StrCat(
      "<section>\n<h1>", Html(check.name), "</h1>\n<p><span class=\"severity ", severity, "\">", severity, "</span>",
      Html(check.summary), "</p>\n", paragraph("What it breaks", check.impact),
      paragraph("What it means", check.meaning), paragraph("What to do", check.remedy),
      paragraph("When it counts", HoldingText(check)),
      alerts.empty() ? "" : absl::StrCat("<h2>Runbooks that speak of it</h2>\n<ul>\n", alerts, "</ul>\n"),
      "</section>\n");
}

std::string ListSection(absl::string_view title, absl::string_view items) {
  return absl::StrCat("<section>\n<h2>", title, "</h2>\n<ul class=\"topics\">\n", items, "</ul>\n</section>\n");
}

}  // namespace

std::string ExplainListPage(const std::vector<Runbook>& runbooks, absl::string_view to_root) {
  const Links links(runbooks, to_root);
  std::string checks, cluster, ipam, alerts;
  for (const Topic& topic : AllTopics(runbooks)) {
    std::string& items = topic.runbook                  ? alerts
                         : IsIpamCheck(*topic.check)    ? ipam
                         : IsClusterCheck(*topic.check) ? cluster
                                                        : checks;
    absl::StrAppend(&items, "<li>", LinkedHtml(topic.name(), links));
    if (topic.check) {
      const absl::string_view severity = ToString(topic.check->severity);
      absl::StrAppend(&items, " <span class=\"", severity, "\">", severity, "</span><br>", Html(topic.check->summary));
    }
    absl::StrAppend(&items, "</li>\n");
  }
  return Document("All checks and alerts",
                  absl::StrCat("<h1>All checks and alerts</h1>\n", ListSection("Checks of a node", checks),
                               ListSection("Alerts, with their runbooks", alerts),
                               ListSection("Checks of <code>caliwatch cluster</code>", cluster),
                               ListSection("Checks of <code>caliwatch ipam</code>", ipam)),
                  to_root);
}

std::string ExplainTopicPage(const Topic& topic, const std::vector<Runbook>& runbooks, absl::string_view to_root) {
  const Links links(runbooks, to_root, topic.name());
  const std::string html = topic.check ? CheckHtml(*topic.check, runbooks, links)
                                       : absl::StrCat("<section class=\"runbook\">\n",
                                                      MarkdownHtml(topic.runbook->text, links), "</section>\n");
  return Document(topic.name(), html, to_root);
}

std::string ExplainUnknownPage(absl::string_view name, const std::vector<Runbook>& runbooks,
                               absl::string_view to_root) {
  const Links links(runbooks, to_root);
  std::string like;
  for (const absl::string_view other : LikeTopics(name, runbooks))
    absl::StrAppend(&like, "<li>", LinkedHtml(other, links), "</li>\n");
  return Document(
      "Not found",
      absl::StrCat("<section>\n<h1>There is no check and no alert &quot;", Html(name.substr(0, kNameShown)),
                   name.size() > kNameShown ? "…" : "", "&quot;</h1>\n",
                   like.empty() ? absl::StrCat("<p><a href=\"", to_root, "explain\">Those there are</a></p>\n")
                                : absl::StrCat("<p>Did you mean</p>\n<ul>\n", like, "</ul>\n"),
                   "</section>\n"),
      to_root);
}

}  // namespace caliwatch
