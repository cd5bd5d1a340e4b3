// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <absl/status/status.h>
#include <absl/strings/string_view.h>

#include "lib/anonymize/address_map.h"
#include "lib/anonymize/keyed_hash.h"

namespace caliwatch {

// Replaces what tells of one cluster, the same by the same wherever it stands: addresses as AddressMap does, names by
// others. A name is every word that is not known to be harmless. Sizes, counts, times and versions stay, and what
// follows from them; who knows where two of a node's addresses are can tell more (as with every mapping that keeps
// prefixes). Without the key nothing is found back.
class Anonymizer {
 public:
  explicit Anonymizer(KeyedHash::Key key) : hash_(key), addresses_(hash_) {}
  Anonymizer(const Anonymizer&) = delete;

  const AddressMap& addresses() const { return addresses_; }

  // A name of anything, also of an interface; at most 15 bytes, so that it may be one. What Calico gives a workload's
  // interface stays in front: "cali", "eni", ….
  std::string Name(absl::string_view name) const;

  // Of a BIRD protocol as Calico names it: "Mesh_10_39_1_219" with the address that is in it. Other words as Word().
  std::string Protocol(absl::string_view name) const;

  // An address, a prefix, a hardware address, a protocol, a name, or what is harmless and stays.
  std::string Word(absl::string_view word) const;

  // Word by word; blanks and punctuation stay.
  std::string Text(absl::string_view text) const;

  // The same code, the message as text.
  absl::Status Error(const absl::Status& error) const;

 private:
  std::string Pieces(absl::string_view word) const;

  KeyedHash hash_;
  AddressMap addresses_;
};

}  // namespace caliwatch
