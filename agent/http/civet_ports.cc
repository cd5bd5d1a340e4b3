// SPDX-License-Identifier: Apache-2.0
#include "agent/http/civet_ports.h"

#include <cerrno>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <civetweb.h>
#include <sys/socket.h>

#include "agent/config/listen_address.h"
#include "agent/log/log.h"
#include "lib/node/unique_fd.h"

namespace caliwatch {
namespace {

constexpr unsigned kCivetHasIpv6 = 8;  // of mg_check_feature()

// One socket for both families: with port 0, two would get two ports.
std::string EveryAddress(const std::string& text, uint16_t port, const absl::Status& ipv6) {
  if (ipv6.ok()) return absl::StrCat("+", port);
  Log({LogLevel::kInfo, "listening on IPv4 alone", {{"address", text}, {"reason", std::string(ipv6.message())}}});
  return absl::StrCat("0.0.0.0:", port);
}

}  // namespace

absl::Status Ipv6Support() {
  if (mg_check_feature(kCivetHasIpv6) == 0)
    return absl::UnimplementedError("this system's civetweb is built without IPv6 (that of Debian 13 has it)");
  const UniqueFd socket(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (socket.get() < 0) return absl::ErrnoToStatus(errno, "this node has no IPv6");
  return absl::OkStatus();
}

absl::StatusOr<std::string> CivetPorts(const std::vector<std::string>& addresses, const absl::Status& ipv6) {
  std::vector<std::string> ports;
  for (const std::string& text : addresses) {
    const auto address = ListenAddress::Parse(text);
    if (!address.ok()) return address.status();
    if (!address->host) {
      ports.push_back(EveryAddress(text, address->port, ipv6));
      continue;
    }
    if (address->host->family == Family::kIpv6 && !ipv6.ok())
      return absl::Status(ipv6.code(),
                          absl::StrCat("cannot listen on ", text, ": ", ipv6.message(), "; give an IPv4 address"));
    ports.push_back(address->ToString());
  }
  return absl::StrJoin(ports, ",");
}

}  // namespace caliwatch
