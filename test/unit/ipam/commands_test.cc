// SPDX-License-Identifier: Apache-2.0
#include "lib/ipam/commands.h"

#include <string>
#include <utility>
#include <vector>

#include "test/support/catch.h"

namespace caliwatch {
namespace {

OpenIpamFinding Open(std::vector<std::string> commands) {
  OpenIpamFinding open;
  open.finding.commands = std::move(commands);
  open.sure = true;
  return open;
}

TEST_CASE("what several findings have to type is in one order, each command once") {
  IpamReport report{};
  report.verdicts.resize(2);
  report.verdicts[0].findings = {Open({"kubectl delete pod a -n x"})};
  report.verdicts[1].findings = {
      Open({"kubectl cordon n1", "kubectl delete pod b -n x", "kubectl uncordon n1"}),
      Open({"kubectl cordon n1", "kubectl cordon n2", "kubectl delete pod c -n x", "kubectl uncordon n1",
            "kubectl uncordon n2"}),
  };
  CHECK(CommandsOf(report) == std::vector<std::string>{"kubectl cordon n1", "kubectl cordon n2",
                                                       "kubectl delete pod a -n x", "kubectl delete pod b -n x",
                                                       "kubectl delete pod c -n x", "kubectl uncordon n1",
                                                       "kubectl uncordon n2"});
}

TEST_CASE("what does not count yet, or has a cause, has nothing to type") {
  IpamReport report{};
  report.verdicts.resize(1);
  report.verdicts[0].findings = {Open({"kubectl delete pod a -n x"}), Open({"kubectl delete pod b -n x"})};
  report.verdicts[0].findings[0].sure = false;
  report.verdicts[0].findings[1].cause = FindingId{"another", "b"};
  CHECK(CommandsOf(report).empty());
}

}  // namespace
}  // namespace caliwatch
