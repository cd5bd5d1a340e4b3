// SPDX-License-Identifier: Apache-2.0
#include "agent/http/publication.h"

namespace caliwatch {

SharedBody::Bytes MetricsOf(const Publication& publication, bool gzipped) {
  return publication.metrics.Get(0, gzipped, [&] {
    return RenderMetrics({publication.report, publication.process, publication.peer_detail});
  });
}

}  // namespace caliwatch
