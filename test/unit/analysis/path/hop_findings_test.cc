// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/path/hop_findings.h"

#include "test/support/catch.h"

namespace caliwatch {
namespace {

const CheckInfo& InfoOf(absl::string_view name) {
  for (const CheckInfo* info : AllCheckInfos())
    if (info->name == name) return *info;
  throw std::runtime_error("there is no such check");
}

OpenFinding Open(Finding finding) {
  OpenFinding open;
  open.subject = SubjectText(finding);
  open.finding = std::move(finding);
  return open;
}

Verdict Found(absl::string_view check, Finding finding) {
  Verdict verdict;
  verdict.check = &InfoOf(check);
  verdict.findings = {Open(std::move(finding))};
  return verdict;
}

Hop Judge(const Report& report, HopKind kind, HopThings things) {
  Hop hop{kind};
  TakeFindings(report, things, hop);
  return hop;
}

const IpAddress kNode = *IpAddress::Parse("10.39.1.219"), kPod = *IpAddress::Parse("192.168.219.7");

}  // namespace

TEST_CASE("each check has its place on paths, or none, by a list") {
  for (const CheckInfo* info : AllCheckInfos()) {
    INFO(info->name);
    CHECK(IsPlacedOnPaths(info->name));
  }
  CHECK_FALSE(IsPlacedOnPaths("no_such_check"));
}

TEST_CASE("a finding counts at its kind of hop, for what the hop is made of") {
  Report report;
  report.verdicts = {Found("peer_path_one_way", {kNode, Family::kIpv4, "is deaf"})};
  CHECK(Judge(report, HopKind::kUnderlay, {Family::kIpv4, {kNode}}).verdict == HopVerdict::kWrong);
  CHECK(Judge(report, HopKind::kUnderlay, {Family::kIpv4, {kPod}}).findings.empty());
  CHECK(Judge(report, HopKind::kTunnel, {Family::kIpv4, {kNode}}).findings.empty());
  CHECK(Judge(report, HopKind::kUnderlay, {Family::kIpv6, {kNode}}).findings.empty());
}

TEST_CASE("a network that holds the destination counts where the hop has no good route to it") {
  Report report;
  report.verdicts = {
      Found("route_missing_from_kernel", {*Prefix::Parse("192.168.219.0/26"), Family::kIpv4, "is missing"})};
  CHECK(Judge(report, HopKind::kRoute, {Family::kIpv4, {}, kPod}).verdict == HopVerdict::kWrong);
  CHECK(Judge(report, HopKind::kRoute, {Family::kIpv4, {}, kNode}).findings.empty());
  CHECK(Judge(report, HopKind::kRoute, {Family::kIpv4, {}}).findings.empty());
}

TEST_CASE("the worst comes first, and what explains it is named") {
  Report report;
  report.verdicts = {Found("peer_flapping", {kNode, Family::kIpv4, "comes and goes"}),
                     Found("route_flapping", {*Prefix::Parse("192.168.219.0/26"), Family::kIpv4, "comes and goes"}),
                     Found("route_through_workload", {*Prefix::Parse("192.168.219.0/26"), Family::kIpv4, "leads off"})};
  report.verdicts[1].findings[0].cause = FindingId{"peer_flapping", "10.39.1.219"};
  const Hop hop = Judge(report, HopKind::kRoute, {Family::kIpv4, {*Prefix::Parse("192.168.219.0/26")}});
  REQUIRE(hop.findings.size() == 2);
  CHECK(hop.verdict == HopVerdict::kWrong);
  CHECK(hop.findings[0].check->name == "route_through_workload");
  CHECK(hop.findings[0].cause == nullptr);
  REQUIRE(hop.findings[1].cause != nullptr);
  CHECK(hop.findings[1].cause_check->name == "peer_flapping");
  CHECK(hop.findings[1].cause->subject == "10.39.1.219");
}

TEST_CASE("a note leaves the verdict as it is, and no finding makes one better") {
  Report report;
  report.verdicts = {Found("bgp_peer_down", {kNode, Family::kIpv4, "is down"})};
  CHECK(Judge(report, HopKind::kPeer, {Family::kIpv4, {kNode}}).verdict == HopVerdict::kGood);
  Hop hop{HopKind::kPeer, HopVerdict::kUnknown};
  TakeFindings(report, {Family::kIpv4, {kNode}}, hop);
  CHECK(hop.verdict == HopVerdict::kUnknown);
  CHECK(hop.findings.size() == 1);
}

}  // namespace caliwatch
