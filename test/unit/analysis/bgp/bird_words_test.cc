// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/bgp/bird_words.h"

#include <cerrno>
#include <cstring>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <absl/strings/match.h>

#include "test/support/catch.h"

namespace caliwatch {
namespace {

PeerCause OfSocket(absl::string_view text) { return CauseOf({PeerErrorClass::kSocket, std::string(text)}); }
PeerCause OfNotification(absl::string_view text) { return CauseOf({PeerErrorClass::kReceived, std::string(text)}); }
PeerCause OfOurs(absl::string_view text) { return CauseOf({PeerErrorClass::kMiscellaneous, std::string(text)}); }

TEST_CASE("an error of TCP has one cause, in this system's own words and in musl's") {
  struct Case {
    int number;
    absl::string_view musl;
    PeerCause cause;
  };
  for (const auto& [number, musl, cause] : {Case{ECONNREFUSED, "Connection refused", PeerCause::kRefused},
                                            {EHOSTUNREACH, "Host is unreachable", PeerCause::kUnreachable},
                                            {EHOSTDOWN, "Host is down", PeerCause::kUnreachable},
                                            {ENETUNREACH, "Network unreachable", PeerCause::kNoRoute},
                                            {ETIMEDOUT, "Operation timed out", PeerCause::kTimedOut},
                                            {EPERM, "Operation not permitted", PeerCause::kForbiddenHere},
                                            {EACCES, "Permission denied", PeerCause::kForbiddenHere},
                                            {EADDRNOTAVAIL, "Address not available", PeerCause::kSourceNotLocal},
                                            {ECONNRESET, "Connection reset by peer", PeerCause::kClosedByPeer},
                                            {ECONNABORTED, "Connection aborted", PeerCause::kClosedByPeer},
                                            {ENETDOWN, "Network is down", PeerCause::kLinkDown},
                                            {EADDRINUSE, "Address in use", PeerCause::kSocketTrouble},
                                            {ENOMEM, "Out of memory", PeerCause::kSocketTrouble},
                                            {EMSGSIZE, "Message too large", PeerCause::kSocketTrouble},
                                            {EPIPE, "Broken pipe", PeerCause::kSocketTrouble},
                                            {ENOBUFS, "No buffer space available", PeerCause::kSocketTrouble}}) {
    CAPTURE(musl);
    CHECK(OfSocket(std::strerror(number)) == cause);
    CHECK(OfSocket(musl) == cause);
  }
  CHECK(OfSocket("Connection closed") == PeerCause::kClosedByPeer);
}

TEST_CASE("what BIRD gives up by itself is told by its own words, old and new") {
  CHECK(OfOurs("No listening socket") == PeerCause::kNotListening);
  CHECK(OfOurs("Kernel MD5 auth failed") == PeerCause::kPasswordRefused);
  CHECK(OfOurs("Authentication failed") == PeerCause::kPasswordRefused);
  CHECK(OfOurs("Invalid next hop") == PeerCause::kInvalidNextHop);
  CHECK(OfOurs("Neighbor lost") == PeerCause::kLinkDown);
  CHECK(OfOurs("BFD session down") == PeerCause::kBfdDown);
  CHECK(CauseOf({PeerErrorClass::kAutomaticShutdown, "Route limit exceeded"}) == PeerCause::kRouteLimit);
}

TEST_CASE("a notification has the same cause whoever sent it") {
  for (const auto& [text, cause] : {std::pair{"Hold timer expired", PeerCause::kHoldTimerExpired},
                                    {"Bad peer AS", PeerCause::kAsMismatch},
                                    {"Bad BGP identifier", PeerCause::kSameRouterId},
                                    {"Authentication failure", PeerCause::kWrongPassword},
                                    {"Required capability missing", PeerCause::kLacksCapability},
                                    {"Unexpected message in OpenSent state", PeerCause::kNoSaneSpeaker},
                                    {"Malformed AS_PATH", PeerCause::kBadUpdate},
                                    {"Administrative shutdown", PeerCause::kShutDownByPeer},
                                    {"Administrative reset", PeerCause::kShutDownByPeer},
                                    {"Peer de-configured", PeerCause::kUnknownToPeer},
                                    {"Connection rejected", PeerCause::kUnknownToPeer},
                                    {"Maximum number of prefixes reached", PeerCause::kPeersLimit},
                                    {"Connection collision resolution", PeerCause::kPassing},
                                    {"Unknown error 6.9", PeerCause::kShutDownByPeer},
                                    {"Unknown error 6.10", PeerCause::kBfdDown},
                                    {"Unknown error 8.0", PeerCause::kHoldTimerExpired},
                                    {"Unknown error 9.1", PeerCause::kOther}}) {
    CAPTURE(text);
    CHECK(OfNotification(text) == cause);
    CHECK(CauseOf({PeerErrorClass::kBgp, text}) == cause);
  }
}

TEST_CASE("no error is no cause, and one that nobody knows is told as it is") {
  CHECK(CauseOf({}) == PeerCause::kNone);
  CHECK(OfSocket("Level 2 halted") == PeerCause::kOther);
  CHECK(OfOurs("") == PeerCause::kOther);
}

TEST_CASE("a notification proves that both ends hear each other, an expired hold timer and a socket's error do not") {
  CHECK(ProvesContact({PeerErrorClass::kReceived, "Bad peer AS"}));
  CHECK(ProvesContact({PeerErrorClass::kBgp, "Bad BGP identifier"}));
  CHECK_FALSE(ProvesContact({PeerErrorClass::kBgp, "Hold timer expired"}));
  CHECK_FALSE(ProvesContact({PeerErrorClass::kSocket, "Connection closed"}));
  CHECK_FALSE(ProvesContact({}));
}

TEST_CASE("each cause has a name of its own, a sentence and a remedy") {
  std::set<absl::string_view> names;
  for (int number = 0; number <= static_cast<int>(PeerCause::kOther); ++number) {
    const CauseWords& words = WordsOf(static_cast<PeerCause>(number));
    CHECK(words.cause == static_cast<PeerCause>(number));
    CHECK(names.insert(words.name).second);
    CHECK(words.name.empty() == (words.cause == PeerCause::kNone));
    CHECK(words.remedy.empty() == (words.cause == PeerCause::kNone));
  }
}

TEST_CASE("what an error has put down, is enabled again and not restarted") {
  for (const PeerCause cause : {PeerCause::kNotListening, PeerCause::kPasswordRefused, PeerCause::kInvalidNextHop})
    CHECK(absl::StrContains(WordsOf(cause).remedy, "birdcl enable NAME"));
}

}  // namespace
}  // namespace caliwatch
