// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lib/analysis/workloads/workloads.h"
#include "lib/model/snapshot.h"

namespace caliwatch {

// Whose an interface was, once its file is gone: Felix removes the file of an interface that goes down, and of a pod
// that ends, while the interface may live on.
class OwnerHistory {
 public:
  // By interface: the owner's name, of those that have no file now and still are there, or went within kKept.
  using Former = std::map<std::string, std::string>;
  static constexpr absl::Duration kKept = absl::Minutes(10);

  OwnerHistory() = default;
  // Goes on from the standing() of a process before.
  explicit OwnerHistory(const Former& standing);

  // Keeps what it knows while files or links cannot be read.
  const Former& Follow(const Table<Endpoint>& endpoints, const Table<Link>& links, BootTime now);

  // Of the former owners, those whose interface is still there.
  const Former& standing() const { return standing_; }

  // Interfaces of workloads that came after the first poll and have had no file since. None without endpoint-status.
  const std::set<std::string>& newcomers() const { return newcomers_; }

 private:
  void FindNewcomers(const std::vector<Link>& links, bool has_files);

  struct Owner {
    std::string name;
    BootTime there;  // when the interface was there, or had its file, last
  };
  std::map<std::string, Owner> known_;  // by interface
  Former former_, standing_;
  std::set<std::string> newcomers_;
  std::optional<std::set<int>> first_links_;  // indexes of those that the first poll saw
};

}  // namespace caliwatch
