# SPDX-License-Identifier: Apache-2.0
"""What really became of a packet: whether an echo request was answered, and by which hooks of which node's kernel
request and reply were seen. caliwatch has no part in it."""

from calicolab.waiting import eventually

# What nftables saw, by hook; a set a family, of who sent it to whom, and of what kind it was.
_FAMILIES = {
    "ipv4": ("ipv4_addr", "icmp_type", "ip saddr . ip daddr . icmp type"),
    "ipv6": ("ipv6_addr", "icmpv6_type", "ip6 saddr . ip6 daddr . icmpv6 type"),
}
_HOOKS = {"prerouting": -310, "forward": -310, "postrouting": 310}  # first, and last
_PROTOCOL = {"ipv4": "icmp", "ipv6": "icmpv6"}


def _ruleset():
    lines = ["table inet witness {"]
    for family, (address, kind, _) in _FAMILIES.items():
        for hook in _HOOKS:
            lines.append(f"set {hook}_{family} {{ type {address} . {address} . {kind}; flags dynamic; size 512; }}")
    for hook, priority in _HOOKS.items():
        lines.append(f"chain {hook} {{ type filter hook {hook} priority {priority};")
        for family, (_, _, key) in _FAMILIES.items():
            protocol = _PROTOCOL[family]
            lines.append(f"{protocol} type {{ echo-request, echo-reply }} update @{hook}_{family} {{ {key} }}")
        lines.append("}")
    return "\n".join([*lines, "}"])


class Witness:
    """Of all nodes of a lab, from its making on."""

    def __init__(self, lab, nodes):
        self._lab, self._nodes = lab, nodes
        for node in nodes:
            lab.node(node).run(["nft", "-f", "-"], given=_ruleset())

    def answered(self, sender, address):
        """Whether one of three requests was: the first may be lost while a neighbor is asked for."""
        return any(self._lab.node(sender).ping(address, timeout=0.7) for _ in range(3))

    def forget(self):
        for node in self._nodes:
            for hook in _HOOKS:
                for family in _FAMILIES:
                    self._lab.node(node).run(["nft", "flush", "set", "inet", "witness", f"{hook}_{family}"])

    def seen(self, node, hook, source, destination, kind):
        """Whether a packet between these addresses passed the hook; kind: echo-request or echo-reply."""
        family = "ipv6" if ":" in source else "ipv4"
        listed = self._lab.node(node).run(["nft", "list", "set", "inet", "witness", f"{hook}_{family}"]).stdout
        return f"{source} . {destination} . {kind}" in " ".join(listed.split())

    def last_seen(self, source, destination, nodes):
        """(way, node, hook) where the exchange was seen last: `nodes` are those that it passes, from its source on.
        None: nowhere, so that it did not leave its source."""
        places = [("there", node, hook) for node in nodes for hook in _HOOKS]
        places += [("back", node, hook) for node in reversed(nodes) for hook in _HOOKS]
        last = None
        for way, node, hook in places:
            ends = (source, destination) if way == "there" else (destination, source)
            kind = "echo-request" if way == "there" else "echo-reply"
            if self.seen(node, hook, *ends, kind):
                last = (way, node, hook)
        return last


# The hops at which a packet can be lost that a hook was the last to see, on the node of the hook. Where rules or a
# route lead astray, it is sent, and comes nowhere.
LOST_BEHIND = {
    "prerouting": {"source", "forwarding", "rules", "route"},
    "forward": {"rules", "route", "tunnel", "underlay", "interface", "neighbor"},
    "postrouting": {"rules", "route", "tunnel", "underlay", "interface", "neighbor"},
}
# Before any hook of its node saw it. Without forwarding the kernel answers no ARP for the pods' gateway.
LOST_AT_FIRST = {"interface", "gateway", "forwarding"}


def settled(ask):
    """What is asked for, once it is the same twice in a row: a fault takes a moment to be felt."""
    told = [ask()]

    def same():
        told.append(ask())
        return told[-1] == told[-2]

    eventually(same, timeout=10, every=0.5)
    return told[-1]
