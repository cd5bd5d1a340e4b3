# SPDX-License-Identifier: Apache-2.0
"""Outages of pods: interfaces and addresses out of step, and a pod that is cut off."""

from calicolab import addressing
from calicolab.waiting import eventually
from harness.alarms import alone
from harness.lab_state import VETH_1, neighbors, route_devices
from harness.pages import found
from outages.scenes import POLLS, Outage

POD_1 = "default/node1-pod1"
FOUR, SIX = "192.168.11.1", "fd10::11:1"  # of that pod


class OutOfStep(Outage):
    """What an upgrade left behind: interfaces too many, one that is off, and two pods with one address. Each interface
    and each pod is named."""

    options = {"pods": 2}
    faults = (("interface-down", "node1"), ("duplicate-ip", "node2"), ("stale-veths", "node3", "2"))
    stale = [addressing.veth_name(f"gone/node3-pod{i}") for i in (1, 2)]
    off, twin = ("workload_interface_down", VETH_1), ("duplicate_workload_ip", "192.168.12.1")
    told_as = alone("WorkloadCutOff", "node1") | alone("DuplicateIp", "node2") | alone("LeftoverInterfaces", "node3")

    def story(self):
        outcome = self.expect(*self.faults)
        self.fall_out_of_step()
        self.texts()
        outcome.broken(self.lab)
        self.pages()
        self.alarms.await_firing(self.told_as)

        self.heal()
        self.await_witness(lambda: VETH_1 in self.veths("node1", "up") and not set(self.stale) & self.veths("node3"))
        self.await_witness(lambda: self.holders("192.168.12.1") == 1)
        for node, *alarms in (("node1", self.off), ("node2", self.twin), ("node3", *self.orphans())):
            self.assert_gone(node, *alarms)
        outcome.healed(self.lab, self.scene)
        outcome.assert_right(self)
        self.alarms.await_resolved(self.told_as)
        return self.alarms.assert_told(self, self.told_as)

    def fall_out_of_step(self):
        off, twin, stale = self.faults
        self.begin(*off)
        self.await_witness(lambda: VETH_1 not in self.veths("node1", "up"))
        # A busy kernel tells of a new veth's carrier late: this check waits for 3 seconds.
        self.assert_found("node1", self.off, polls=3 + POLLS)
        self.begin(*stale)
        self.await_witness(lambda: set(self.stale) <= self.veths("node3"))
        # The CNI plugin makes an interface seconds before Felix tells whose it is: this check waits for 15 of them.
        self.assert_found("node3", *self.orphans(), polls=15 + POLLS)
        # Last: the kernel forgets neighbors that nobody needs, and by these two the addresses' other end is found.
        self.begin(*twin)
        self.await_witness(lambda: self.holders("192.168.12.1") == 2)
        self.assert_found("node2", self.twin)

    def orphans(self):
        return [("orphan_workload_interface", name) for name in self.stale]

    def texts(self):
        text, _ = self.told("node1", *self.off)
        for part in ("is administratively down", f"ip link set {VETH_1} up"):
            self.assertIn(part, text)
        text, _ = self.told("node2", *self.twin)
        for part in ("pod default/node2-pod1 at", "pod default/node2-pod1-twin at"):
            self.assertIn(part, text)
        self.assertIn("ip netns delete", self.told("node3", *self.orphans()[0])[0])

    def pages(self):
        shown = ("192.168.12.1", "is cut off: another has the same address", "What to do")
        self.assert_page("duplicate", "node2", found("duplicate_workload_ip"), *shown)
        shown = ("is cut off: its interface is down", POD_1, f"ip link set {VETH_1} up", "What to do")
        self.assert_page("interface-down", "node1", found("workload_interface_down"), *shown)

    def veths(self, node, *which):
        names = {row.get("ifname", "") for row in self.ip(node, "link", "show", *which)}  # what is filtered out is {}
        return {name for name in names if name.startswith("cali")}

    def holders(self, address):
        """Endpoints of node2 that have the address, by Felix's files."""
        files = self.lab.node("node2").run(["sh", "-c", "cat $CALICO_RUN_DIR/endpoint-status/*"]).stdout
        return files.count(f'"{address}/32"')


class ACutOffPod(Outage):
    """Eleven interfaces with one address, the route leads to one that is stale, and the pod asks for its gateway in
    vain. Both interfaces and the pod are named, and all that follows is listed below."""

    options = {"pods": 2, "bird": "2.0.12"}
    faults = (("cut-off-pod", "node1"),)
    stale = [addressing.veth_name(f"former/node1-pod{i}") for i in range(1, 11)]
    cut_off, unreachable = ("workload_route_wrong_interface", FOUR), ("pod_gateway_unreachable", f"{POD_1} ipv4")

    def story(self):
        outcome = self.expect(*self.faults)
        self.begin(*self.faults[0])
        self.pod_is_cut_off()
        self.texts()
        outcome.broken(self.lab)
        shown = ("is cut off: its route leads to another interface", FOUR, "What to do")
        self.assert_page("cut-off", "node1", found("workload_route_wrong_interface"), *shown)
        self.alarms.await_firing(alone("WorkloadCutOff", "node1"))

        self.heal()
        self.await_witness(lambda: route_devices(self.lab, "node1", FOUR) == [VETH_1])
        self.assert_gone("node1", self.cut_off)
        self.assertTrue(self.lab.pod(POD_1).ping("192.168.12.1"))
        outcome.healed(self.lab, self.scene)
        outcome.assert_right(self)
        self.alarms.await_resolved(alone("WorkloadCutOff", "node1"))
        return self.alarms.assert_told(self, alone("WorkloadCutOff", "node1"))

    def pod_is_cut_off(self):
        self.await_witness(lambda: route_devices(self.lab, "node1", FOUR) == [self.stale[-1]])
        self.assert_found("node1", self.cut_off)
        failed = {("169.254.1.1", "eth0"): ("FAILED", None)}
        self.await_witness(lambda: neighbors(self.lab, POD_1, "169.254.1.1") == failed)
        self.assertEqual([state for state, _ in neighbors(self.lab, "node1", FOUR).values()], ["PERMANENT"] * 11)

    def texts(self):
        text, _ = self.told("node1", *self.cut_off)
        for part in (self.stale[-1], VETH_1, f"pod {POD_1}", "ip route"):
            self.assertIn(part, text)
        # The kernel may forget a failed entry until the pod asks again, a second later; orphans are left time to be
        # taken up by Felix.
        orphans = {("orphan_workload_interface", name) for name in self.stale}
        follows = {self.unreachable, ("duplicate_neighbor_ip", FOUR), *orphans}
        listed = lambda: self.told("node1", *self.cut_off)[1] == follows
        self.assertTrue(eventually(listed, timeout=30), self.told("node1", *self.cut_off))
