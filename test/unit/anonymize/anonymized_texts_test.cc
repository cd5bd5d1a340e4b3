// SPDX-License-Identifier: Apache-2.0
#include "lib/anonymize/anonymized_texts.h"

#include <algorithm>
#include <string>
#include <vector>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

#include "lib/analysis/state/state_text.h"
#include "lib/decode/bird_answers.h"
#include "lib/decode/calico_files.h"
#include "test/support/bird_recordings.h"
#include "test/support/catch.h"
#include "test/support/full_state.h"

namespace caliwatch {
namespace {

std::string Mapped(const Anonymizer& anonymizer, absl::string_view address) {
  return anonymizer.addresses().Map(*IpAddress::Parse(address)).ToString();
}

}  // namespace

TEST_CASE("BIRD's words, codes, numbers and times stay, and what is between them is replaced") {
  const Anonymizer anonymizer({1, 2});
  const std::string other = Mapped(anonymizer, "10.39.1.12");
  CHECK(AnonymizedAnswer(anonymizer,
                         "1000-BIRD v0.3.3+birdv1.6.8\n1011-Router ID is 10.39.1.12\n"
                         " Last reboot on 2026-11-27 18:43:31\n0013 Daemon is up and running\n") ==
        absl::StrCat("1000-BIRD v0.3.3+birdv1.6.8\n1011-Router ID is ", other,
                     "\n Last reboot on 2026-11-27 18:43:31\n0013 Daemon is up and running\n"));
  CHECK(AnonymizedAnswer(anonymizer, "1000-BIRD 2.0.12-acme\n") ==
        absl::StrCat("1000-BIRD ", anonymizer.Name("2.0.12-acme"), "\n"));
  CHECK(AnonymizedAnswer(anonymizer, "1006-  Description:    Rack of Acme\n   Routes:         1 imported\n") ==
        absl::StrCat("1006-  Description:    ", anonymizer.Name("Rack"), " of ", anonymizer.Name("Acme"),
                     "\n   Routes:         1 imported\n"));
}

TEST_CASE("a private AS number stays, and any other becomes a private one, always the same") {
  const Anonymizer anonymizer({1, 2});
  const auto of = [&](absl::string_view number) {
    return AnonymizedAnswer(anonymizer, absl::StrCat("     Neighbor AS:      ", number, "\n"));
  };
  CHECK(of("64512") == "     Neighbor AS:      64512\n");
  CHECK(of("4200000001") == "     Neighbor AS:      4200000001\n");
  CHECK(absl::StartsWith(of("13335"), "     Neighbor AS:      42"));
  CHECK(of("13335") == of("13335"));
  CHECK(of("13335") != of("13336"));
}

TEST_CASE("every recorded answer of BIRD decodes to the same, but for names and addresses") {
  const Anonymizer anonymizer({1, 2});
  size_t answers = 0;
  for (const std::string& path : BirdRecordingsOf("show_protocols_all.txt")) {
    CAPTURE(path);
    const std::string answer = ReadBirdRecording(path);
    const auto before = BirdProtocolsFrom(answer, BirdClock{});
    const auto after = BirdProtocolsFrom(AnonymizedAnswer(anonymizer, answer), BirdClock{});
    REQUIRE(after.ok() == before.ok());
    if (!before.ok()) continue;
    ++answers;
    REQUIRE(after->peers.size() == before->peers.size());
    for (size_t i = 0; i < before->peers.size(); ++i) {
      BgpPeer was = before->peers[i];
      const BgpPeer& is = after->peers[i];
      CHECK(is.name == anonymizer.Text(was.name));
      CHECK(is.address.has_value() == was.address.has_value());
      if (was.address) CHECK(*is.address == anonymizer.addresses().Map(*was.address));
      CHECK(is.kind == was.kind);
      CHECK(is.state == was.state);
      CHECK(is.bgp_state_text == was.bgp_state_text);
      CHECK(is.error == was.error);
      CHECK(is.last_error == was.last_error);
      CHECK(is.routes == was.routes);
      CHECK(is.hold_timer == was.hold_timer);
      CHECK(is.recovery == was.recovery);
      CHECK(is.helper_active == was.helper_active);
      CHECK(is.since_text == was.since_text);
    }
  }
  CHECK(answers > 20);
}

TEST_CASE("an endpoint's file keeps its form, and only what we read of it") {
  const Anonymizer anonymizer({1, 2});
  const NamedFile file = AnonymizedEndpoint(
      anonymizer,
      {"k8s default%2Fweb-1 eth0",
       std::string(R"({"ifaceName":"cali12ab34cd56e","mac":"62:e5:09:f0:3a:99","ipv4Nets":["10.48.40.128/32"],)"
                   R"("ipv6Nets":null,"secret":"acme"})")});
  CHECK(file.name == absl::StrCat("k8s ", anonymizer.Name("default"), "%2F", anonymizer.Name("web-1"), " eth0"));
  REQUIRE(file.content.ok());
  CHECK_FALSE(absl::StrContains(*file.content, "secret"));
  const auto endpoint = EndpointFrom(file.name, *file.content);
  REQUIRE(endpoint.ok());
  CHECK(endpoint->workload == anonymizer.Text("default/web-1"));
  CHECK(endpoint->interface == anonymizer.Word("cali12ab34cd56e"));
  CHECK(ToString(*endpoint->mac) == anonymizer.Word("62:e5:09:f0:3a:99"));
  CHECK(endpoint->prefixes == std::vector{anonymizer.addresses().Map(*Prefix::Parse("10.48.40.128/32"))});
}

TEST_CASE("an endpoint's file that is empty, unreadable or damaged stays so") {
  const Anonymizer anonymizer({1, 2});
  CHECK(AnonymizedEndpoint(anonymizer, {"a", std::string()}).content->empty());
  const absl::Status denied = absl::PermissionDeniedError("cannot read acme: Permission denied");
  CHECK(AnonymizedEndpoint(anonymizer, {"a", denied}).content.status() == anonymizer.Error(denied));
  for (const std::string& damaged :
       {std::string("{\"ifaceName\":\"acme"), std::string("[\"acme\"]"), std::string("acme")}) {
    const NamedFile file = AnonymizedEndpoint(anonymizer, {"k8s a%2Fb eth0", damaged});
    CHECK_FALSE(absl::StrContains(*file.content, "acme"));
    CHECK_FALSE(EndpointFrom(file.name, *file.content).ok());
  }
  std::string deep = R"({"ipv4Nets":)" + std::string(100'000, '[') + std::string(100'000, ']') + "}";
  CHECK(AnonymizedEndpoint(anonymizer, {"a", deep}).content->size() < 100);
}

TEST_CASE("the state of an agent is read as before, with other names and addresses") {
  const Anonymizer anonymizer({1, 2});
  PersistentState before = FullState();
  std::vector<ExpectedRoute>& many = before.convergence[Family::kIpv4].expected.routes;
  for (int block = 0; block < 8; ++block)
    many.push_back({*Prefix::Parse(absl::StrCat("192.168.220.", 32 * block, "/27")), *IpAddress::Parse("10.39.1.36")});
  std::sort(many.begin(), many.end());
  const std::string text = AnonymizedState(anonymizer, StateText(before, "a boot"));
  for (const char* name : {"10.39.1", "10_39_1", "fd39", "192.168.219", "fd65", "a boot", "12ab34cd56e"})
    CHECK_FALSE(absl::StrContains(text, name));
  const auto after = PersistentStateFrom(text, anonymizer.Name("a boot"));
  REQUIRE(after.ok());
  const auto key = [&](const PeerKey& peer) { return PeerKey{peer.first, anonymizer.Text(peer.second)}; };
  for (const auto& [peer, count] : before.flaps) CHECK(after->flaps.at(key(peer)) == count);
  for (const auto& [peer, remembered] : before.peers)
    CHECK(after->peers.at(key(peer)).recent_flaps == remembered.recent_flaps);
  for (const auto& [id, since] : before.findings)
    CHECK(after->findings.at({id.check, anonymizer.Text(id.subject)}) == since);
  for (const Family family : kFamilies) {
    const ConvergenceState &was = before.convergence[family], &is = after->convergence[family];
    REQUIRE(is.expected.routes.size() == was.expected.routes.size());
    std::vector<ExpectedRoute> mapped;
    for (const ExpectedRoute& route : was.expected.routes)
      mapped.push_back({anonymizer.addresses().Map(route.destination), anonymizer.addresses().Map(route.gateway)});
    std::sort(mapped.begin(), mapped.end());
    CHECK(is.expected.routes == mapped);
    for (const auto& [name, peer] : was.expected.peers) CHECK(is.expected.peers.at(anonymizer.Text(name)) == peer);
    CHECK(is.episode.has_value() == was.episode.has_value());
    CHECK(is.counts == was.counts);
    CHECK(is.past.size() == was.past.size());
    CHECK(is.gaps.open.size() == was.gaps.open.size());
  }
  CHECK(after->bird_expected == before.bird_expected);
  CHECK(after->bird_restarts == before.bird_restarts);
  CHECK(after->felix == before.felix);
  CHECK(after->former_owners ==
        OwnerHistory::Former{{anonymizer.Text("cali12ab34cd56e"), anonymizer.Text("pod default/pod-1")}});
  REQUIRE(after->file_doubts);
  CHECK(after->file_doubts->at(anonymizer.Text("cali12ab34cd56e")) == before.file_doubts->at("cali12ab34cd56e"));
}

TEST_CASE("what is no state becomes nothing") {
  const Anonymizer anonymizer({1, 2});
  for (const char* text : {"", "acme", "[]\n", "{}\n", "{\"findings\":7}\n"})
    CHECK(AnonymizedState(anonymizer, text).empty());
}

}  // namespace caliwatch
