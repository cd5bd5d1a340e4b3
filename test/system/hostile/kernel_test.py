#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The kernel says more than can be kept, a message is larger than any before, and others speak in its name."""

import re
import unittest

from calicolab import Lab
from calicolab.metrics import by, samples, scrape
from calicolab.waiting import eventually
from harness.main import run_tests
from harness.program import CALIWATCH
from harness.waiting import ready
from hostile.table import row

NODE = "node1"
AGENT = ("--poll.interval=500ms",)
STORM = 30_000  # routes come and go: more than the listener's 8 MiB
NAMES = 300
CALLS = 5_000

# Ends every dump that the agent may have under way, now or later, as the kernel would: libnl counts requests from the
# second in which it began.
_FORGER = """
import socket, struct, sys, time
ports = [int(port) for port in sys.argv[1:]]
forger = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
forger.setblocking(False)
sent, end, now = 0, time.monotonic() + 5, int(time.time())
while time.monotonic() < end:
    for port in ports:
        for sequence in range(now - 60, now + 240):
            try:
                forger.sendto(struct.pack("=IHHIIi", 20, 3, 2, sequence, port, 0), (port, 0))
                sent += 1
            except OSError:  # full, or gone
                pass
    time.sleep(0.1)
print(sent)
"""
# Calls whom it calls itself, and hangs up first: what is left stays for a minute.
_CALLER = f"""
import socket
server = socket.create_server(("127.0.0.1", 179))
for _ in range({CALLS}):
    client = socket.create_connection(("127.0.0.1", 179))
    answered, _ = server.accept()
    client.close()
    answered.close()
"""


class HostileKernel(unittest.TestCase):
    def setUp(self):
        self.lab = Lab(nodes=1, pods=2, bird="none", wait=False, agent=CALIWATCH, agent_args=AGENT)
        self.addCleanup(self.lab.close)
        self.lab.start()
        ready(self.lab)
        self.pid = int(self.told("pgrep -f 'caliwatch agent' | head -1"))
        self.assert_all_is_read()

    def told(self, command):
        """What a shell command prints on the node."""
        return self.lab.node(NODE).run(["sh", "-c", command], timeout=120).stdout

    def value(self, name):
        return samples(scrape(self.lab, NODE), name)[0].value

    def unread(self):
        return {source for source, up in by(scrape(self.lab, NODE), "caliwatch_source_up", "source").items() if not up}

    def assert_all_is_read(self):
        self.assertEqual(self.unread(), set())

    def assert_events_are_heard(self):
        """Whole journals: nothing is lost any more, and a change of a route is told with its moment."""
        polls = self.value("caliwatch_polls_total")
        self.assertTrue(eventually(lambda: self.value("caliwatch_polls_total") > polls + 1))  # old losses are told then
        before = self.value("caliwatch_route_events_lost_total")
        told = lambda: sum(row.value for row in samples(scrape(self.lab, NODE), "caliwatch_kernel_route_events_total"))
        heard = told()
        self.told("ip route add blackhole 10.99.0.0/24 proto bird && ip route delete blackhole 10.99.0.0/24")
        self.assertTrue(eventually(lambda: told() > heard))
        self.assertEqual(self.value("caliwatch_route_events_lost_total"), before)

    def polls_until(self, condition):
        """How many polls go by until the condition holds."""
        before = self.value("caliwatch_polls_total")
        self.assertTrue(eventually(condition, every=0.05))
        return self.value("caliwatch_polls_total") - before

    def bytes_of_sockets(self, folder):
        """What the kernel tells of sockets, by a recording."""
        self.told(f"caliwatch record $CALICO_RUN_DIR/{folder}")
        return int(self.told(f"stat -c %s $CALICO_RUN_DIR/{folder}/kernel/bgp_sockets.netlink"))

    @row("kernel", f"{STORM:,} routes come and go while the agent stands still", "told as lost; whole within 2 polls")
    def test_more_events_than_can_be_kept(self):
        self.assert_events_are_heard()
        lost = self.value("caliwatch_route_events_lost_total")
        self.told(f"kill -STOP {self.pid}")
        batch = (
            f'seq {STORM} | awk \'{{a="blackhole 10." int($1/65536) "." int($1/256)%256 "." $1%256; '
            'print "route add " a " proto bird"; print "route delete " a}\''
        )
        self.told(f"{batch} | ip -batch -")
        self.told(f"kill -CONT {self.pid}")
        self.assertTrue(eventually(lambda: self.value("caliwatch_route_events_lost_total") > lost))
        self.assertLessEqual(self.value("caliwatch_route_events_lost_total") - lost, 2)
        self.assert_events_are_heard()
        self.assert_all_is_read()

    @row("kernel", f"a link of the node has {NAMES} other names", "read and heard within 2 polls")
    def test_messages_larger_than_any_before(self):
        self.told("ip link add extra type veth peer name other")
        names = f"for i in $(seq {NAMES}); do printf 'link property add dev extra altname a%0120d\\n' $i; done"
        self.told(f"{names} | ip -batch -")
        self.told("ip link set extra up")
        polls = self.polls_until(lambda: not self.unread())
        self.assertLessEqual(polls, 2)
        self.assert_events_are_heard()
        self.assert_all_is_read()

    @row("kernel", "another process answers in its name", "only the kernel's word counts")
    def test_another_process_speaks_in_its_name(self):
        before = self.value("caliwatch_workload_interfaces")
        ports = re.findall(r"^\S+\s+0\s+(\d+)\s", self.told("cat /proc/net/netlink"), re.MULTILINE)
        with self.lab.node(NODE).start(["python3", "-c", _FORGER, *ports]) as forger:
            seen = set()
            while not forger.out and not forger.err:
                self.assert_all_is_read()
                seen.add(self.value("caliwatch_workload_interfaces"))
            self.assertEqual((forger.wait(60), forger.err), (0, ""))
            self.assertEqual(seen, {before})
            self.assertGreater(int(forger.out), 1000)
            print(f"{forger.out.strip()} forged answers to {len(ports)} ports")
        self.assert_events_are_heard()

    @row("client", f"calls port 179 and hangs up {CALLS:,} times", "none of these sockets is read")
    def test_sockets_that_wait_out_their_time(self):
        before = self.bytes_of_sockets("before")
        self.lab.node(NODE).run(["python3", "-c", _CALLER])
        after = self.bytes_of_sockets("after")
        waiting = int(self.told("ss -tanH state time-wait | wc -l"))
        self.assertGreater(waiting, CALLS / 2)
        took = by(scrape(self.lab, NODE), "caliwatch_source_read_seconds", "source")["bgp_sockets"]
        print(f"{waiting} sockets in TIME_WAIT; all that are read have {after} bytes, in {took * 1000:.2f} ms")
        self.assertEqual(after, before)
        self.assert_all_is_read()


if __name__ == "__main__":
    run_tests()
