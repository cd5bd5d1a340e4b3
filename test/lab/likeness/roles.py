# SPDX-License-Identifier: Apache-2.0
"""Who is who on a node: what stands in the place of an address, a block, an interface or a MAC, so that two nodes with
other ones can be compared."""

from __future__ import annotations

import dataclasses
import ipaddress


@dataclasses.dataclass(frozen=True)
class Member:
    """A node of the cluster. `tunnel`: its address in the tunnel, if there is one."""

    address: str
    blocks: tuple = ()
    tunnel: str | None = None


@dataclasses.dataclass(frozen=True)
class Surroundings:
    """IPv4 of the cluster that a node is in. `others` are in the order in which they are to be compared; `ranges` are
    names of further prefixes."""

    own: Member
    others: tuple
    network: str
    router: str
    ranges: dict = dataclasses.field(default_factory=dict)


class Roles:
    """Of one recorded node: `tables` are those of recording.py, for its interfaces and its pods."""

    def __init__(self, surroundings, tables):
        self._around = surroundings
        self._members = {"own": surroundings.own} | {
            f"other {number}": member for number, member in enumerate(surroundings.others, 1)
        }
        pods = sorted(tables.pods, key=self._order)
        self._pod_addresses = {pod["ipv4Nets"][0].partition("/")[0]: f"pod {i}" for i, pod in enumerate(pods, 1)}
        self._interfaces = {pod["ifaceName"]: f"pod {number}" for number, pod in enumerate(pods, 1)}
        self._names = {link["index"]: self.interface(link["name"]) for link in tables.links}
        self._macs = self._tunnel_macs(tables)
        self.pods = {f"pod {number}": pod for number, pod in enumerate(pods, 1)}

    def _order(self, pod):
        """Those with addresses of own blocks first."""
        address = ipaddress.ip_interface(pod["ipv4Nets"][0]).ip
        return not any(address in ipaddress.ip_network(block) for block in self._around.own.blocks), address

    def interface(self, name):
        return self._interfaces.get(name, name)

    def index(self, number):
        """An interface by its number; None, all and default stay what they are."""
        return self._names.get(number, number)

    def mac(self, text):
        """Those that tell something; another one is just there."""
        if text in (None, "00:00:00:00:00:00", "ee:ee:ee:ee:ee:ee"):
            return text
        if text.startswith(("33:33:", "01:00:5e:")):
            return "of a multicast group"
        return self._macs.get(text, "some")

    def address(self, text):
        if text is None:
            return None
        address = ipaddress.ip_address(text)
        if address.version == 6:
            return text if not text.startswith("fe80::") or text == "fe80::ecee:eeff:feee:eeee" else "link-local"
        if text in self._pod_addresses:
            return f"address of {self._pod_addresses[text]}"
        for name, member in self._members.items():
            if text == member.address:
                return f"{name} node"
            if text == member.tunnel:
                return f"{name} tunnel address"
        return self._in_a_network(text, address)

    def _in_a_network(self, text, address):
        network = ipaddress.ip_network(self._around.network)
        special = {self._around.router: "router", str(network.broadcast_address): "broadcast of the nodes' network"}
        if text in special:
            return special[text]
        for name, member in self._members.items():
            for number, block in enumerate(member.blocks, 1):
                if address in ipaddress.ip_network(block):
                    return f"an address of {name} block {number}"
        return text

    def prefix(self, text, length):
        whole = f"{text}/{length}"
        if whole == self._around.network:
            return "the nodes' network"
        for name, prefix in self._around.ranges.items():
            if whole == prefix:
                return name
        for name, member in self._members.items():
            if whole in member.blocks:
                return f"{name} block {member.blocks.index(whole) + 1}"
        most = 128 if ":" in text else 32
        return self.address(text) if length == most else whole

    def word(self, text):
        """A word of BIRD's: an address, a prefix, an interface, a protocol's name, or none of them."""
        kind, _, rest = text.partition("_")
        if kind in ("Mesh", "Node", "Global"):
            return f"{kind}_({self.address(rest.replace('_', '.'))})"
        address, slash, length = text.partition("/")
        try:
            ipaddress.ip_address(address)
        except ValueError:
            return self.interface(text)
        return self.prefix(address, int(length)) if slash else self.address(text)

    def _tunnel_macs(self, tables):
        """By the address that the neighbor table has for each; the own one by the device that has it."""
        found = {link["mac"]: "own tunnel" for link in tables.links if link["kind"] == "vxlan"}
        for row in tables.neighbors:
            for name, member in self._members.items():
                if row["address"] is not None and row["address"] == member.tunnel and row["mac"]:
                    found[row["mac"]] = f"{name} tunnel"
        return found
