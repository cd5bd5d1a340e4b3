// SPDX-License-Identifier: Apache-2.0
#include "lib/anonymize/vocabulary.h"

#include "test/support/catch.h"

namespace caliwatch {

TEST_CASE("words of BIRD, Felix, the kernel and our own are harmless, and so are numbers and times") {
  for (const char* word : {"",
                           "Established",
                           "kernel1",
                           "static1",
                           "graceful_restart",
                           "add-path-rx",
                           "blackhole",
                           "i",
                           "AS64512i",
                           "42",
                           "100/0",
                           "209/240",
                           "2026-11-27",
                           "15:58:04",
                           "15:58:04.123",
                           "2026-11-27T15:58:35Z",
                           "1m30s",
                           "---",
                           "1.6.8",
                           "+0.5",
                           "0000",
                           "eth0",
                           "ens160",
                           "enp3s0f1np1",
                           "bond0.100",
                           "tunl0",
                           "vxlan.calico",
                           "lo",
                           "Nov27",
                           "InternalDataplaneMainLoop",
                           "felix_routes",
                           "remembered_peers",
                           "2.0.12"}) {
    CAPTURE(word);
    CHECK(IsHarmlessWord(word));
  }
}

TEST_CASE("whatever else is a name: of a node, a pod, an interface with an id, or an address") {
  for (const char* word : {"node1",
                           "web-1",
                           "default",
                           "kube-system",
                           "cali12ab34cd56e",
                           "enx001122334455",
                           "eth12345",
                           "br-5f2e1c",
                           "Established1",
                           "established",
                           "10.39.1.11",
                           "192.168.1.1-192.168.1.9",
                           "fd00::1",
                           "1:2:3:4",
                           "a:b:c",
                           "ee:ee:ee:ee:ee:ee",
                           "AS13335i",
                           "AS65536",
                           "AS64511",
                           "5.10.0-acme",
                           "host.example.com",
                           "eth0-uplink",
                           "kernel_of_acme",
                           "\xff"}) {
    CAPTURE(word);
    CHECK_FALSE(IsHarmlessWord(word));
  }
}

}  // namespace caliwatch
