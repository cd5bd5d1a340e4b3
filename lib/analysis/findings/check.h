// SPDX-License-Identifier: Apache-2.0
#pragma once

// A check judges one poll's evidence. It is one file in lib/analysis/checks/, registered there by a static object.

#include <functional>
#include <type_traits>
#include <utility>
#include <vector>

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include "lib/analysis/evidence/evidence.h"
#include "lib/analysis/findings/check_info.h"
#include "lib/analysis/findings/finding.h"

namespace caliwatch {

// Not OK: what the check needs could not be read, so that silence would mean nothing. NotFound: it does not apply here.
using Judgement = absl::StatusOr<std::vector<Finding>>;
using Run = std::function<Judgement(const Evidence&)>;
// What to type about one of its findings that has no commands of its own. Asked for what is listed alone, and only at
// the poll that found it: `evidence` is that of the judgement.
using CommandsFor = std::vector<Command> (*)(const Finding&, const Evidence& evidence);

struct Check {
  CheckInfo info;
  Run run;
  CommandsFor commands = nullptr;
};

struct RegisterCheck {
  RegisterCheck(CheckInfo info, Run run, CommandsFor commands = nullptr);
};

// Ordered by name.
const std::vector<Check>& AllChecks();

// About a peer: its address is the subject; where BIRD has none, its protocol.
Finding PeerFinding(const BgpPeer& peer, Family family, std::string detail, absl::string_view remedy = "");

// Findings always count; silence counts only if nothing was unread.
Judgement Judged(std::vector<Finding> found, const absl::Status& unread);

// What a check's parameter stands for, by its type: a table, a value, a result of Derived, or one of these with its
// error and all (`const absl::StatusOr<…>&`), what is remembered of earlier polls, or everything.
template <class Asked>
struct Given {
  static const absl::StatusOr<Asked>& Find(const Evidence& evidence) {
    if constexpr (std::is_same_v<Asked, std::vector<Endpoint>>)
      return evidence.now.endpoints;
    else if constexpr (std::is_same_v<Asked, CalicoMtu>)
      return evidence.now.calico_mtu;
    else
      return std::get<absl::StatusOr<Asked>>(evidence.derived);
  }
  static absl::Status Unread(const Evidence& evidence) { return Find(evidence).status(); }
  static const Asked& From(const Evidence& evidence) { return *Find(evidence); }
};

template <class Row>
requires kIsKernelRow<Row>
struct Given<std::vector<Row>> {
  static const Table<Row>& Find(const Evidence& evidence) { return TableOf<Row>(evidence.now); }
  static absl::Status Unread(const Evidence& evidence) { return Find(evidence).status(); }
  static const std::vector<Row>& From(const Evidence& evidence) { return *Find(evidence); }
};

template <class Asked>
struct Given<absl::StatusOr<Asked>> {
  static absl::Status Unread(const Evidence&) { return absl::OkStatus(); }
  static const absl::StatusOr<Asked>& From(const Evidence& evidence) { return Given<Asked>::Find(evidence); }
};

template <>
struct Given<Recollection> {
  static absl::Status Unread(const Evidence&) { return absl::OkStatus(); }
  static const Recollection& From(const Evidence& evidence) { return evidence.before; }
};

template <>
struct Given<Evidence> {
  static absl::Status Unread(const Evidence&) { return absl::OkStatus(); }
  static const Evidence& From(const Evidence& evidence) { return evidence; }
};

// Makes a check's `run` of a function of what it needs. R: std::vector<Finding>, or Judgement. Where something that it
// needs could not be read, the check cannot judge: of several, the first parameter says why.
template <class R, class... Asked>
Run JudgeNode(R (*check)(const Asked&...)) {
  return [check](const Evidence& evidence) -> Judgement {
    if (absl::Status unread = FirstError({Given<Asked>::Unread(evidence)...}); !unread.ok()) return unread;
    return check(Given<Asked>::From(evidence)...);
  };
}

// ForEachBird for a function of one BIRD that answers: where one does not, the other is still judged.
template <class... Asked>
Run JudgeEachBird(std::vector<Finding> (*check)(const BirdEvidence&, const Asked&...)) {
  return [check](const Evidence& evidence) -> Judgement {
    if (absl::Status unread = FirstError({Given<Asked>::Unread(evidence)...}); !unread.ok()) return unread;
    std::vector<Finding> findings;
    const absl::Status unread = ForEachBird(evidence, [&](const BirdEvidence& bird) {
      for (Finding& finding : check(bird, Given<Asked>::From(evidence)...)) findings.push_back(std::move(finding));
    });
    return Judged(std::move(findings), unread);
  };
}

}  // namespace caliwatch
