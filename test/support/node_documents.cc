// SPDX-License-Identifier: Apache-2.0
#include "test/support/node_documents.h"

#include "lib/analysis/node_basics.h"
#include "lib/analysis/observe.h"
#include "lib/view/json/node_json.h"
#include "test/support/healthy_node.h"

namespace caliwatch {

std::string ServedNode(const Snapshot& node) {
  Observer observer;
  Snapshot later = node;
  observer.Observe(Seen(node));
  LetPass(absl::Seconds(5), later);
  const Report report = observer.Observe(Seen(later));
  return NodeJson(report, NodeWorkloadsHistory().Follow(later), BasicsOf(later, report.remote_nodes),
                  {"0.1.0", "6.1.0-31-amd64"});
}

}  // namespace caliwatch
