// SPDX-License-Identifier: Apache-2.0
#include "lib/decode/kernel_attributes.h"

#include <absl/strings/str_cat.h>
#include <sys/socket.h>

namespace caliwatch {

std::optional<Family> FamilyFrom(int address_family) {
  if (address_family == AF_INET) return Family::kIpv4;
  if (address_family == AF_INET6) return Family::kIpv6;
  return std::nullopt;
}

std::optional<IpAddress> AddressFrom(const void* bytes, int size) {
  for (const Family family : kFamilies)
    if (static_cast<size_t>(size) == IpAddress{family, {}}.size()) return IpAddress::FromBytes(family, bytes);
  return std::nullopt;
}

std::optional<MacAddress> MacFrom(const nlattr* attribute) {
  MacAddress mac;
  if (static_cast<size_t>(SizeOf(attribute)) != mac.size()) return std::nullopt;
  std::memcpy(mac.data(), DataOf(attribute), mac.size());
  return mac;
}

std::string TextFrom(const nlattr* attribute) {
  const auto* text = static_cast<const char*>(DataOf(attribute));
  return std::string(text, strnlen(text, SizeOf(attribute)));
}

AttributeReader::AttributeReader(absl::string_view name, const nlmsghdr& message)
    : AttributeReader(name, NLMSG_DATA(&message), static_cast<int>(message.nlmsg_len) - NLMSG_HDRLEN) {}

const void* AttributeReader::Skip(int header_size) {
  if (remaining_ < header_size) {
    Fail(absl::StrCat("its header has ", remaining_, " bytes instead of ", header_size));
    return nullptr;
  }
  const void* header = next_;
  Advance(header_size);
  return header;
}

const nlattr* AttributeReader::CutShort() {
  Fail(absl::StrCat("an attribute is cut short, ", remaining_, " bytes before the end"));
  return nullptr;
}

bool AttributeReader::WrongSize(const nlattr* attribute, absl::string_view attribute_name, size_t size) {
  Fail(absl::StrCat(attribute_name, " has ", SizeOf(attribute), " bytes instead of ", size));
  return false;
}

void AttributeReader::Fail(absl::string_view problem) {
  if (status_.ok()) status_ = absl::InvalidArgumentError(absl::StrCat(name_, ": ", problem));
}

}  // namespace caliwatch
