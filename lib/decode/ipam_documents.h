// SPDX-License-Identifier: Apache-2.0
#pragma once

// Whole documents of records: what `kubectl get … -o json`, `kubectl get --raw`, `etcdctl get --prefix /calico -w json`
// (etcd's v3 JSON gateway answers the same) and etcd v2 print, one or several after another.

#include <iosfwd>

#include <absl/status/status.h>
#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include "lib/model/ipam.h"

namespace caliwatch {

// Reads to the end and adds what is there; no more of it is in memory than one object at a time, which may be 16 MiB. A
// table is complete if a document lists its kind to the end, and every object of it was understood: a List whose kind
// is "List" tells of the kinds that are in it, and of no others. The result, and `complete` of the tables it concerns,
// name the document, as `name`, and what is wrong with it: InvalidArgument, or DataLoss where it was cut off.
absl::Status AddDocuments(std::istream& in, absl::string_view name, absl::Time read_at, ClusterRecords& records);

}  // namespace caliwatch
