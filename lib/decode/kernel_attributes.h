// SPDX-License-Identifier: Apache-2.0
#pragma once

// Own and inline rather than libnl's: at 100,000 routes its nla_*() calls are 8% of a poll, and its nlmsg_parse()
// passes in silence over an attribute that is cut short.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>

#include <absl/status/status.h>
#include <absl/strings/string_view.h>
#include <linux/netlink.h>

#include "lib/model/kernel.h"

namespace caliwatch {

// Absent for what is neither AF_INET nor AF_INET6.
std::optional<Family> FamilyFrom(int address_family);

inline int TypeOf(const nlattr* attribute) { return attribute->nla_type & NLA_TYPE_MASK; }
inline int SizeOf(const nlattr* attribute) { return attribute->nla_len - NLA_HDRLEN; }
inline const void* DataOf(const nlattr* attribute) { return reinterpret_cast<const char*>(attribute) + NLA_HDRLEN; }

// An address whose family only its size shows; absent unless that is 4 or 16.
std::optional<IpAddress> AddressFrom(const void* bytes, int size);

// Absent unless the hardware address is an Ethernet one: a tunnel's has 0, 4 or 16 bytes.
std::optional<MacAddress> MacFrom(const nlattr* attribute);

// Text up to its NUL, or to the attribute's end.
std::string TextFrom(const nlattr* attribute);

// Takes a netlink message, or a nest within one, apart in place: first its header, then its attributes. Keeps the first
// thing that is wrong, so that a decoder asks once, at its end.
class AttributeReader {
 public:
  // `name` is what errors call it, a literal: "RTM_NEWROUTE".
  AttributeReader(absl::string_view name, const void* begin, int size)
      : name_(name), next_(static_cast<const nlattr*>(begin)), remaining_(size) {}
  AttributeReader(absl::string_view name, const nlmsghdr& message);
  AttributeReader(absl::string_view name, const nlattr* nest) : AttributeReader(name, DataOf(nest), SizeOf(nest)) {}

  // What stands before the attributes; to be called once, before Next(). nullptr: there is less than that.
  template <class T>
  const T* Header() {
    return static_cast<const T*>(Skip(sizeof(T)));
  }

  // nullptr after the last attribute, and at one that is cut short.
  const nlattr* Next() {
    if (remaining_ <= 0) return nullptr;
    const nlattr* attribute = next_;
    if (remaining_ < NLA_HDRLEN || attribute->nla_len < NLA_HDRLEN || attribute->nla_len > remaining_)
      return CutShort();
    Advance(attribute->nla_len);
    return attribute;
  }

  // The payload, which must have exactly this size; `attribute_name` is for the error.
  template <class T>
  T Value(const nlattr* attribute, absl::string_view attribute_name) {
    T value{};
    if (HasSize(attribute, attribute_name, sizeof(T))) std::memcpy(&value, DataOf(attribute), sizeof(T));
    return value;
  }
  // The beginning of a payload that grows with each kernel: what it lacks stays zero, what is beyond is passed over.
  template <class T>
  static T GrowingValue(const nlattr* attribute) {
    T value{};
    std::memcpy(&value, DataOf(attribute), std::min<size_t>(SizeOf(attribute), sizeof(T)));
    return value;
  }
  IpAddress Address(const nlattr* attribute, absl::string_view attribute_name, Family family) {
    IpAddress address;
    address.family = family;
    if (HasSize(attribute, attribute_name, address.size()))
      std::memcpy(address.bytes.data(), DataOf(attribute), address.size());
    return address;
  }

  void Require(bool condition, absl::string_view problem) {
    if (!condition) Fail(problem);
  }
  void Fail(absl::string_view problem);
  // Takes over what was wrong with a nest.
  void Take(const AttributeReader& nest) { status_.Update(nest.status_); }

  bool ok() const { return status_.ok(); }
  const absl::Status& status() const { return status_; }

 private:
  const void* Skip(int header_size);
  void Advance(int size) {
    const int step = NLA_ALIGN(size);
    next_ = reinterpret_cast<const nlattr*>(reinterpret_cast<const char*>(next_) + step);
    remaining_ -= step;
  }
  const nlattr* CutShort();
  bool HasSize(const nlattr* attribute, absl::string_view attribute_name, size_t size) {
    return static_cast<size_t>(SizeOf(attribute)) == size || WrongSize(attribute, attribute_name, size);
  }
  bool WrongSize(const nlattr* attribute, absl::string_view attribute_name, size_t size);

  absl::string_view name_;
  const nlattr* next_;
  int remaining_;  // bytes; below zero when the last attribute lacks its padding
  absl::Status status_;
};

}  // namespace caliwatch
