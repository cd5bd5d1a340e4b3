// SPDX-License-Identifier: Apache-2.0
#pragma once

// What is wrong with the records, from look to look.

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <absl/status/status.h>
#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include "lib/analysis/findings/check_info.h"
#include "lib/analysis/findings/finding.h"
#include "lib/ipam/evidence.h"
#include "lib/ipam/finding.h"
#include "lib/ipam/pool_use.h"
#include "lib/ipam/record_counts.h"
#include "lib/ipam/releases.h"

namespace caliwatch {

// All that is remembered from look to look: a value.
struct IpamState {
  struct Seen {
    absl::Time since;  // of the first look in the row that saw it
    int looks = 0;     // that did
    std::string version;
  };
  std::map<FindingId, Seen> findings;
  PoolHistory pools;
};

struct OpenIpamFinding {
  IpamFinding finding;
  absl::Time since;                     // of the first look that saw it, or what the records say
  bool sure = false;                    // it counts: enough looks, long enough apart, saw it
  std::optional<FindingId> cause = {};  // another finding that counts, which is the one to count and to tell
  size_t effects = 0;                   // how many have it for their cause
};

struct IpamVerdict {
  const CheckInfo* check = nullptr;  // lives as long as the program
  absl::Status judged;               // not OK: why the check cannot judge; NotFound: it does not apply
  std::vector<OpenIpamFinding> findings;
  size_t unlisted = 0;
  std::vector<IpamDoubt> doubts;

  // Of those that count, how many have no cause among the others.
  size_t RootCauses() const;
  // It applies, and something it needs could not be read.
  bool lacks_something() const { return !judged.ok() && !absl::IsNotFound(judged); }
};

// One kind of evidence: what was read of it.
struct EvidenceReading {
  std::string kind;  // "pods", as ForEachClusterTable has it
  size_t rows = 0;
  absl::Status status;  // NotFound: nobody gave it; FailedPrecondition: it is stale
  absl::Time read_at;
  size_t stale = 0;    // rows that are too old to count: of nodes' reports, each for itself
  size_t unknown = 0;  // of nodes' reports: of a node whose agent could not be asked, or could not read its kernel
};

// kUnsure: nothing counts yet, but something was seen that will if the next look sees it, too. kCannotJudge: nothing
// was found, but something that was given could not be read or told apart, so that silence would mean little.
enum class IpamOutcome { kClean, kFindings, kCannotJudge, kUnsure };
absl::string_view ToString(IpamOutcome outcome);  // "clean", "findings", "cannot_judge", "unsure"

struct IpamReport {
  absl::Time at;
  std::vector<EvidenceReading> evidence;
  std::vector<IpamVerdict> verdicts;  // by the checks' names
  std::vector<PoolUse> pools;
  IpamReleases releases;
  size_t recorded = 0;  // addresses
  RecordCounts counts = {};

  IpamOutcome outcome() const;
  // Of one kind, OK: it was read, and is whole and new.
  absl::Status Read(absl::string_view kind) const;
};

// One look. A finding counts when as many looks in a row have seen it as its check says, and for as long; one whose
// check could not judge this time is neither confirmed nor forgotten.
IpamReport JudgeIpam(const ClusterRecords& records, absl::Time now, IpamState& state);

}  // namespace caliwatch
