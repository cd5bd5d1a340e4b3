// SPDX-License-Identifier: Apache-2.0
#include "lib/decode/bird_info.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include <absl/strings/match.h>

#include "lib/decode/bird_lines.h"

namespace caliwatch {
namespace {

constexpr std::array<std::pair<absl::string_view, BgpState>, 9> kStates = {{{"Idle", BgpState::kIdle},
                                                                            {"Connect", BgpState::kConnect},
                                                                            {"Active", BgpState::kActive},
                                                                            {"OpenSent", BgpState::kOpenSent},
                                                                            {"OpenConfirm", BgpState::kOpenConfirm},
                                                                            {"Established", BgpState::kEstablished},
                                                                            {"Close", BgpState::kOther},
                                                                            {"Passive", BgpState::kOther},
                                                                            {"Down", BgpState::kOther}}};

constexpr std::array<std::pair<absl::string_view, PeerErrorClass>, 5> kErrorClasses = {
    {{"Error: ", PeerErrorClass::kMiscellaneous},
     {"Socket: ", PeerErrorClass::kSocket},
     {"Received: ", PeerErrorClass::kReceived},
     {"BGP Error: ", PeerErrorClass::kBgp},
     {"Automatic shutdown: ", PeerErrorClass::kAutomaticShutdown}}};

auto StateOf(absl::string_view word) {
  return std::find_if(kStates.begin(), kStates.end(), [&](const auto& state) { return state.first == word; });
}

// The first letter tells nearly all apart: a line may have hundreds of thousands of words.
auto ErrorClassOf(absl::string_view text) {
  return std::find_if(kErrorClasses.begin(), kErrorClasses.end(), [&](const auto& error) {
    return !text.empty() && text.front() == error.first.front() && absl::StartsWith(text, error.first);
  });
}

}  // namespace

BgpInfo BgpInfoFrom(absl::string_view info) {
  if (ErrorClassOf(info) != kErrorClasses.end()) return {.state = {}, .error = info};
  const absl::string_view state = TakeWord(info);
  return {.state = state, .error = info};
}

bool StartsWithBgpInfo(absl::string_view text) {
  return ErrorClassOf(text) != kErrorClasses.end() || StateOf(TakeWord(text)) != kStates.end();
}

BgpState BgpStateFrom(absl::string_view word) {
  const auto state = StateOf(word);
  return state == kStates.end() ? BgpState::kOther : state->second;
}

ProtocolState ProtocolStateFrom(absl::string_view word) {
  using enum ProtocolState;
  for (const ProtocolState state : {kDown, kStart, kWait, kFeed, kUp, kStop, kFlush})
    if (word == ToString(state)) return state;
  return kUnknown;
}

PeerError PeerErrorFrom(absl::string_view text) {
  if (text.empty()) return {};
  const auto error = ErrorClassOf(text);
  if (error == kErrorClasses.end()) return {PeerErrorClass::kMiscellaneous, std::string(text)};
  return {error->second, std::string(text.substr(error->first.size()))};
}

}  // namespace caliwatch
