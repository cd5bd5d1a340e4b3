// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/evidence/endpoint_file_history.h"

#include <utility>
#include <vector>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

namespace caliwatch {
namespace {

constexpr size_t kMostDoubts = 4096;
constexpr size_t kNamed = 3;  // interfaces of each kind

struct Words {
  FileDoubt doubt;
  absl::string_view one, several;
};
constexpr Words kWords[] = {
    {FileDoubt::kNoInterface, "1 file names an interface that is gone", " files name interfaces that are gone"},
    {FileDoubt::kNoFile, "1 interface has a pod's route and no file", " interfaces have pods' routes and no files"},
    {FileDoubt::kOtherAddress, "1 file has other addresses than its pod",
     " files have other addresses than their pods"},
};

std::string NamesText(std::vector<std::string> names) {
  const size_t left = names.size() > kNamed ? names.size() - kNamed : 0;
  names.resize(names.size() - left);
  return absl::StrCat(absl::StrJoin(names, ", "), left == 0 ? "" : absl::StrCat(" and ", left, " more"));
}

std::vector<std::string> NamesOf(FileDoubt doubt, const EndpointFileHistory::Doubts& doubts,
                                 const WorkloadOwners& owners) {
  std::vector<std::string> names;
  for (const auto& [interface, lasting] : doubts) {
    if (lasting.doubt != doubt) continue;
    const auto owner = owners.by_interface.find(interface);
    names.push_back(owner == owners.by_interface.end() ? interface : absl::StrCat(interface, " of ", owner->second));
  }
  return names;
}

}  // namespace

EndpointFileHistory::Doubts EndpointFileHistory::Follow(const absl::StatusOr<EndpointFiles>& files, BootTime now) {
  if (!files.ok()) return {};
  Since since;
  std::set<std::string> were_there;
  Doubts doubts;
  for (const auto& [interface, doubt] : files->doubts) {
    if (since.size() == kMostDoubts) break;
    const auto known = since_.find(interface);
    const BootTime begin = known != since_.end() ? known->second : now;
    since[interface] = begin;
    const bool was_there = !has_looked_ || were_there_.count(interface) != 0;
    if (was_there) were_there.insert(interface);
    doubts[interface] = {doubt, now - begin, was_there};
  }
  since_ = std::move(since);
  were_there_ = std::move(were_there);
  has_looked_ = true;
  return doubts;
}

std::string DoubtsText(const EndpointFileHistory::Doubts& doubts, const WorkloadOwners& owners) {
  std::vector<std::string> parts;
  for (const Words& words : kWords) {
    std::vector<std::string> names = NamesOf(words.doubt, doubts, owners);
    if (names.empty()) continue;
    const std::string count = names.size() == 1 ? std::string(words.one) : absl::StrCat(names.size(), words.several);
    parts.push_back(absl::StrCat(count, " (", NamesText(std::move(names)), ")"));
  }
  return absl::StrJoin(parts, ", and ");
}

}  // namespace caliwatch
