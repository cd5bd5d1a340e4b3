# SPDX-License-Identifier: Apache-2.0
"""What connects the nodes: a bridge in the sandbox's own namespace, which is also the gateway, and a monitor host."""

from __future__ import annotations

from calicolab import addressing
from calicolab.netns import Namespace

BRIDGE = "br0"


class Network:
    def __init__(self, families):
        self._families = families
        self.gateway = Namespace("/proc/1/ns/net")
        self.monitor = None

    def create(self):
        self.gateway.ip("link set lo up", f"link add {BRIDGE} type bridge mcast_snooping 0", f"link set {BRIDGE} up")
        self.gateway.sysctl("net/ipv4/ping_group_range", "0 0")
        self.monitor = Namespace.create("/run/netns/monitor")
        self.plug("monitor", self.monitor, addressing.MONITOR_OCTET)
        self.monitor.ip("link set eth0 up")
        for family in self._families:
            self._add_address(self.monitor, family, addressing.host_address(family, addressing.MONITOR_OCTET), "eth0")
            self._add_address(self.gateway, family, addressing.host_address(family, addressing.GATEWAY_OCTET), BRIDGE)

    def plug(self, name, namespace, octet):
        """A cable from the bridge to the namespace's eth0; its end at the bridge is called `name`."""
        self.gateway.ip(
            f"link add {name} type veth peer name eth0 address {addressing.host_mac(octet)} netns {namespace.path}",
            f"link set {name} addrgenmode none master {BRIDGE} up",
        )

    def unplug(self, name):
        self.gateway.ip(f"link del {name}")

    def set_power(self, name, on):
        """Without power nothing passes the cable."""
        self.gateway.ip(f"link set {name} {'up' if on else 'down'}")

    def add_dead_peer(self, address, dead):
        """The gateway plays hosts that are there: refused has no BIRD, silent drops what it gets. The others are
        nobody."""
        if dead not in ("silent", "refused"):
            return
        family = addressing.family_of(address)
        self._add_address(self.gateway, family, address, BRIDGE)
        if dead == "silent":
            name = "ip" if family == "ipv4" else "ip6"
            self.gateway.run("nft", "-f", "-", given=(
                "table inet silent {\n chain incoming {\n  type filter hook input priority 0;\n"
                f"  {name} daddr {address} tcp dport 179 drop\n }}\n}}\n"
            ))  # fmt: skip

    @staticmethod
    def _add_address(namespace, family, address, device):
        nodad = " nodad" if family == "ipv6" else ""
        namespace.ip(f"addr add {address}/{addressing.SUBNET_LENGTH[family]} dev {device}{nodad}")
