#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""BGP on another port than 179: a recording has the sockets of the sessions, and no others of the host."""

import base64
import unittest

from calicolab import Lab
from harness.main import run_tests
from harness.program import CALIWATCH
from harness.waiting import ready
from likeness.netlink import sockets

PORT = 1179
OTHERS_PORT = 4242

# A program of the host's with a connection, and what `record` keeps meanwhile of the first look and of the second.
RECORD = f"""
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
/usr/bin/python3 -c '
import socket, subprocess, sys
with socket.create_server(("127.0.0.1", {OTHERS_PORT})) as server, socket.create_connection(server.getsockname()):
    sys.exit(subprocess.call(["caliwatch", "record", sys.argv[1]], stdout=sys.stderr))
' "$folder/node" || exit
for look in node node/look-2; do
  base64 --wrap 0 "$folder/$look/kernel/bgp_sockets.netlink"
  echo
done
"""


class SessionsOnAnotherPort(unittest.TestCase):
    def lab_with(self, bird):
        lab = Lab(nodes=3, pods=1, bird=bird, bgp_port=PORT, agent=CALIWATCH)
        self.addCleanup(lab.close)
        lab.start()
        ready(lab)
        return lab

    def recorded_by(self, bird):
        """The sockets of each look."""
        node = self.lab_with(bird).node("node1")
        return [sockets(base64.b64decode(line)) for line in node.run(["sh", "-c", RECORD]).stdout.split()]

    def holds_sessions_alone(self, looks):
        self.assertEqual(len(looks), 2)
        for look in looks:
            with_others = [row for row in look if row["established"]]
            self.assertEqual(sorted(row["family"] for row in with_others), ["ipv4"] * 2 + ["ipv6"] * 2)
            self.assertEqual([row for row in look if PORT not in row["ports"]], [])

    def test_bird_1(self):
        self.holds_sessions_alone(self.recorded_by("1.6.8"))

    def test_bird_2(self):
        self.holds_sessions_alone(self.recorded_by("2.0.12"))


if __name__ == "__main__":
    run_tests()
