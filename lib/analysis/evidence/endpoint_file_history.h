// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include "lib/analysis/workloads/endpoint_files.h"
#include "lib/model/journal.h"

namespace caliwatch {

// A file and the kernel that have contradicted each other for some time.
struct LastingDoubt {
  FileDoubt doubt = FileDoubt::kNoInterface;
  absl::Duration age;
  bool was_there = false;  // when somebody looked first: it may be older
};

// Since when interfaces are in doubt.
class EndpointFileHistory {
 public:
  using Since = std::map<std::string, BootTime>;       // by interface
  using Doubts = std::map<std::string, LastingDoubt>;  // likewise

  EndpointFileHistory() = default;
  // `known`: what since() said in a process before, one that has looked.
  explicit EndpointFileHistory(Since known) : since_(std::move(known)), has_looked_(true) {}

  // All that are in doubt at this poll; empty where files or interfaces could not be read, which ends no doubt.
  Doubts Follow(const absl::StatusOr<EndpointFiles>& files, BootTime now);

  const Since& since() const { return since_; }

 private:
  Since since_;
  std::set<std::string> were_there_;
  bool has_looked_ = false;
};

// "2 files name interfaces that are gone (cali1 of pod a/b, cali2 of pod a/c), and …"; "" where nothing is in doubt.
std::string DoubtsText(const EndpointFileHistory::Doubts& doubts, const WorkloadOwners& owners);

}  // namespace caliwatch
