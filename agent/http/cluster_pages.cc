// SPDX-License-Identifier: Apache-2.0
#include "agent/http/cluster_pages.h"

#include <absl/time/clock.h>

#include "agent/build/version.h"
#include "agent/http/answers.h"
#include "agent/http/gzip.h"
#include "lib/view/html/cluster_page.h"
#include "lib/view/json/cluster_json.h"

namespace caliwatch {
namespace {

// An older look is that of who asked before, and says nothing of now.
constexpr absl::Duration kOfNow = absl::Minutes(1);

PageContext ContextOf(const ClusterPublicationPtr& look) {
  const absl::Time now = absl::Now();
  return {.telemetry_path = "",
          .now = now,
          .healthy = look && absl::FromChrono(std::chrono::steady_clock::now() - look->over) < kOfNow,
          .version = Version(),
          .revision = Revision()};
}

// The page says how long ago the cluster was seen, to the second: within one, all get the same.
SharedBody::Bytes PageBody(const ClusterPublicationPtr& look, bool gzipped) {
  const PageContext context = ContextOf(look);
  if (!look) return SharedBody().Get(0, gzipped, [&] { return ClusterWaitingPage(context); });
  return look->page.Get(absl::ToUnixSeconds(context.now) * 2 + (context.healthy ? 0 : 1), gzipped,
                        [&] { return ClusterPage(look->report, context); });
}

HttpResponse Page(bool gzipped, const ClusterPublicationPtr& look) {
  return HtmlAnswer(gzipped, PageBody(look, gzipped));
}

HttpResponse Json(bool gzipped, const ClusterPublicationPtr& look) {
  if (!look) return TextAnswer(503, "The first look at the cluster is under way: try again in a few seconds.\n");
  HttpResponse response =
      PageAnswer("application/json", gzipped, look->json.Get(0, gzipped, [&] { return ClusterJson(look->report); }));
  response.headers.emplace_back("Age", AgeSince(look->over));
  return response;
}

}  // namespace

HttpResponse ClusterAnswerFor(const HttpRequest& request, const ClusterPublicationPtr& look) {
  const bool gzipped = AcceptsGzip(request.accept_encoding);
  return request.path == "/api/v1/cluster" ? Json(gzipped, look) : Page(gzipped, look);
}

}  // namespace caliwatch
