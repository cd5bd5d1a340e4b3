// SPDX-License-Identifier: Apache-2.0
#include "lib/decode/calico_files.h"

#include <cstdint>
#include <utility>
#include <vector>

#include <absl/status/status.h>
#include <absl/strings/ascii.h>
#include <absl/strings/escaping.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>
#include <nlohmann/json.hpp>

namespace caliwatch {
namespace {

using Json = nlohmann::json;

std::string Quoted(absl::string_view text) { return absl::StrCat("'", absl::CHexEscape(text.substr(0, 80)), "'"); }

// Undoes Go's url.PathEscape.
absl::StatusOr<std::string> PathUnescaped(absl::string_view escaped) {
  std::string plain;
  for (size_t at = 0; at < escaped.size(); ++at) {
    if (escaped[at] != '%') {
      plain += escaped[at];
      continue;
    }
    const absl::string_view digits = escaped.substr(at + 1, 2);
    uint32_t byte = 0;
    if (digits.size() < 2 || !absl::ascii_isxdigit(digits[0]) || !absl::ascii_isxdigit(digits[1]) ||
        !absl::SimpleHexAtoi(digits, &byte))
      return absl::InvalidArgumentError(absl::StrCat("a '%' in its name is followed by no two hexadecimal digits"));
    plain += static_cast<char>(byte);
    at += 2;
  }
  return plain;
}

absl::Status NamesFrom(absl::string_view file_name, Endpoint& endpoint) {
  const std::vector<absl::string_view> parts = absl::StrSplit(file_name, ' ');
  if (parts.size() != 3)
    return absl::InvalidArgumentError("its name is not made of orchestrator, workload and endpoint, parted by blanks");
  for (const auto& [part, field] : {std::pair(parts[0], &endpoint.orchestrator),
                                    std::pair(parts[1], &endpoint.workload), std::pair(parts[2], &endpoint.name)}) {
    absl::StatusOr<std::string> plain = PathUnescaped(part);
    if (!plain.ok()) return plain.status();
    *field = *std::move(plain);
  }
  return absl::OkStatus();
}

// Go leaves out what is empty, and writes a nil slice as null.
const Json* ValueAt(const Json& object, const char* key) {
  const auto it = object.find(key);
  return it == object.end() || it->is_null() ? nullptr : &*it;
}

absl::StatusOr<std::string> StringAt(const Json& object, const char* key) {
  const Json* value = ValueAt(object, key);
  if (value == nullptr) return "";
  if (!value->is_string()) return absl::InvalidArgumentError(absl::StrCat("its ", key, " is no string"));
  return value->get<std::string>();
}

absl::Status AppendPrefixes(const Json& object, const char* key, std::vector<Prefix>& prefixes) {
  const Json* list = ValueAt(object, key);
  if (list == nullptr) return absl::OkStatus();
  if (!list->is_array()) return absl::InvalidArgumentError(absl::StrCat("its ", key, " is no list"));
  for (const Json& item : *list) {
    if (!item.is_string()) return absl::InvalidArgumentError(absl::StrCat("its ", key, " holds other than strings"));
    absl::StatusOr<Prefix> prefix = Prefix::Parse(item.get_ref<const std::string&>());
    if (!prefix.ok())
      return absl::InvalidArgumentError(absl::StrCat("its ", key, " holds ", Quoted(item.get_ref<const std::string&>()),
                                                     ", which is no address block"));
    prefixes.push_back(*prefix);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<MacAddress>> MacFrom(absl::string_view text) {
  if (text.empty()) return std::nullopt;
  MacAddress mac{};
  const std::vector<absl::string_view> bytes = absl::StrSplit(text, ':');
  bool valid = bytes.size() == mac.size();
  for (size_t i = 0; valid && i < mac.size(); ++i) {
    uint32_t byte = 0;
    valid = bytes[i].size() == 2 && absl::SimpleHexAtoi(bytes[i], &byte);
    mac[i] = static_cast<uint8_t>(byte);
  }
  if (!valid) return absl::InvalidArgumentError(absl::StrCat("its mac, ", Quoted(text), ", is no MAC address"));
  return mac;
}

absl::Status ContentFrom(absl::string_view content, Endpoint& endpoint) {
  const Json object = Json::parse(content.begin(), content.end(), nullptr, /*allow_exceptions=*/false);
  if (!object.is_object()) return absl::InvalidArgumentError("it holds no JSON object");
  absl::StatusOr<std::string> interface = StringAt(object, "ifaceName");
  if (!interface.ok()) return interface.status();
  absl::StatusOr<std::string> mac_text = StringAt(object, "mac");
  if (!mac_text.ok()) return mac_text.status();
  absl::StatusOr<std::optional<MacAddress>> mac = MacFrom(*mac_text);
  if (!mac.ok()) return mac.status();
  absl::StatusOr<std::string> bgp_peer = StringAt(object, "bgpPeerName");
  if (!bgp_peer.ok()) return bgp_peer.status();
  endpoint.interface = *std::move(interface);
  endpoint.mac = *mac;
  endpoint.bgp_peer = *std::move(bgp_peer);
  absl::Status status = AppendPrefixes(object, "ipv4Nets", endpoint.prefixes);
  status.Update(AppendPrefixes(object, "ipv6Nets", endpoint.prefixes));
  return status;
}

}  // namespace

absl::StatusOr<std::string> NodeNameFrom(absl::string_view content) {
  const absl::string_view name = absl::StripAsciiWhitespace(content);
  if (name.empty()) return absl::InvalidArgumentError("Calico's file nodename is empty");
  for (const char c : name)
    if (!absl::ascii_isgraph(c))
      return absl::InvalidArgumentError(
          absl::StrCat("Calico's file nodename holds no single name, but ", Quoted(name)));
  return std::string(name);
}

absl::StatusOr<CalicoMtu> MtuFrom(absl::string_view content) {
  CalicoMtu mtu;
  if (absl::SimpleAtoi(content, &mtu.bytes)) return mtu;
  return absl::InvalidArgumentError(absl::StrCat("Calico's file mtu holds no number, but ", Quoted(content)));
}

absl::StatusOr<CniKubeconfig> CniKubeconfigFrom(absl::string_view written) {
  CniKubeconfig kubeconfig;
  std::string problem;
  if (absl::ParseTime(absl::RFC3339_full, written, &kubeconfig.written, &problem)) return kubeconfig;
  return absl::InvalidArgumentError(absl::StrCat("the time of the CNI plugin's kubeconfig is none: ", Quoted(written)));
}

absl::StatusOr<Endpoint> EndpointFrom(absl::string_view file_name, absl::string_view content) {
  Endpoint endpoint;
  absl::Status status = NamesFrom(file_name, endpoint);
  // Felix empties a file before it writes it anew: all it says then is that the endpoint is there.
  if (status.ok() && !content.empty()) status = ContentFrom(content, endpoint);
  if (!status.ok())
    return absl::InvalidArgumentError(
        absl::StrCat("Calico's file endpoint-status/", absl::CHexEscape(file_name), ": ", status.message()));
  return endpoint;
}

}  // namespace caliwatch
