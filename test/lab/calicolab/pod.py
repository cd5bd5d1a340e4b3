# SPDX-License-Identifier: Apache-2.0
"""One pod: a namespace, a veth pair and routes as Calico's CNI plugin and Felix leave them."""

from __future__ import annotations

import json
import os
import urllib.parse
import uuid

from calicolab import addressing
from calicolab.netns import Namespace
from calicolab.options import FAMILIES
from calicolab.version import NORMAL_PRIORITY


class Pod:
    """`name` is namespace/pod. `addresses` maps each family of the node to the pod's address.

    netns_dir: where the file of its namespace is; by default where the node's container runtime keeps them.
    """

    def __init__(self, name, node, addresses, netns_dir=None):
        self.name = name
        self.addresses = addresses
        self.interface = addressing.veth_name(name, node.options.interface_prefix)
        self._node = node
        self._netns_dir = netns_dir or node.netns_dir
        self.namespace = None

    def create(self):
        """The namespace and the veth pair, down."""
        self.namespace = Namespace.create(os.path.join(self._netns_dir, f"cni-{uuid.uuid4()}"))
        self.namespace.sysctl("net/ipv6/conf/default/accept_dad", 0)
        self.wire()

    def wire(self):
        """The veth pair alone; deleting either end deletes both."""
        mtu = self._node.pod_mtu
        self._node.namespace.ip(
            f"link add {self.interface} address {addressing.HOST_SIDE_MAC} mtu {mtu} type veth"
            f" peer name eth0 mtu {mtu} netns {self.namespace.path}"
        )
        for setting, value in self._host_settings().items():
            self._node.namespace.sysctl(setting, value)

    def plug_in(self):
        """Both ends up, with addresses and routes, whatever was there: as the CNI plugin does it. Felix' own routes and
        the file come later."""
        self._node.namespace.ip(f"link set {self.interface} up", *self.cni_routes())
        self.namespace.ip("link set eth0 up", *self.inside())
        self._node.namespace.wait_until_heard(self.interface, addressing.HOST_SIDE_LINK_LOCAL)
        if "ipv6" in self.addresses:
            self.namespace.wait_until_heard("eth0", self.addresses["ipv6"])

    def delete(self):
        """The interfaces at once, if they are still there; the namespace when the last process in it has gone."""
        if self._link():
            self._node.namespace.ip(f"link del {self.interface}")
        self.namespace.delete()

    def reachable(self):
        """Whether its interface on the node is there and up."""
        link = self._link()
        return link is not None and "UP" in link["flags"]

    def operates(self):
        """Whether both ends of it are up."""
        link = self._link()
        return link is not None and {"UP", "LOWER_UP"} <= set(link["flags"])

    def _link(self):
        """Of the node's end; None if it is gone."""
        links = json.loads(self._node.namespace.run("ip", "-json", "link"))
        return next((link for link in links if link["ifname"] == self.interface), None)

    def mac(self):
        """Of the pod's own end."""
        (link,) = json.loads(self.namespace.run("ip", "-json", "link", "show", "eth0"))
        return link["address"]

    def status_file(self, mac=None):
        """Name and text of Felix's endpoint-status file. mac: what Felix knows of it with etcd as its datastore."""
        nets = {
            f"{family}Nets": [f"{address}/{addressing.HOST_LENGTH[family]}"]
            for family, address in self.addresses.items()
        }
        name = f"k8s {urllib.parse.quote(self.name, safe='')} eth0"
        known = {"mac": mac} if mac else {}
        text = {"ifaceName": self.interface, **known, **nets}
        return name, json.dumps(text, separators=(",", ":"))

    def _host_settings(self):
        """Felix writes them when the interface comes up; those of IPv6 where it does IPv6."""
        four, six = f"net/ipv4/conf/{self.interface}", f"net/ipv6/conf/{self.interface}"
        settings = {
            f"{four}/rp_filter": self._node.options.rp_filter,
            f"{four}/route_localnet": 1,
            f"{four}/proxy_arp": 1,
            f"{four}/forwarding": 1,
            f"{six}/accept_ra": 0,
        }
        if "ipv6" in self._node.families:
            settings |= {f"{six}/proxy_ndp": 1, f"{six}/forwarding": 1}
        return settings | self._delay()

    def _delay(self):
        """Linux 5.10 does not show a user namespace its neighbor settings: there an answer takes up to 0.8 s."""
        delay = f"net/ipv4/neigh/{self.interface}/proxy_delay"
        return {delay: 0} if self._node.namespace.has_sysctl(delay) else {}

    def permanent_neighbors(self, mac):
        """Commands of a Felix that knows its MAC."""
        for address in self.addresses.values():
            yield f"neigh replace {address} lladdr {mac} dev {self.interface} nud permanent"

    def cni_routes(self):
        """Commands for the routes that the CNI plugin leaves: protocol boot, as always with ip, and no metric."""
        return [f"route replace {route}" for route in self._routes("", self.addresses)]

    def host_routes(self, interface=None, families=FAMILIES):
        """Commands that lead the pod's addresses to it (or to this interface), whoever had them before: as Felix."""
        return [f"route replace {route}" for route in self._routes(self._metric(), families, interface)]

    def takeover(self):
        """Commands that put Felix' routes in the place of the CNI plugin's, where they are others: not in IPv6, which
        has no route without a metric. Felix deletes first."""
        plugins = [f"route del {route}" for route in self._routes("", ["ipv4"])]
        return plugins + self.host_routes(families=["ipv4"]) if self._metric() else []

    def host_route_keys(self):
        """{(address, metric)} of what host_routes() writes."""
        metrics = {"ipv4": NORMAL_PRIORITY if self._metric() else 0, "ipv6": NORMAL_PRIORITY}
        return {(address, metrics[family]) for family, address in self.addresses.items()}

    def _metric(self):
        return f" metric {NORMAL_PRIORITY}" if self._node.felix.calico.routes_have_priorities else ""

    def _routes(self, metric, families, interface=None):
        for family in set(families) & set(self.addresses):
            scope = " scope link" if family == "ipv4" else ""
            destination = f"{self.addresses[family]}/{addressing.HOST_LENGTH[family]}"
            yield f"{destination} dev {interface or self.interface}{scope}{metric}"

    def inside(self):
        """Commands for the pod's own addresses and routes."""
        if "ipv4" in self.addresses:
            yield f"addr replace {self.addresses['ipv4']}/32 dev eth0"
            yield f"route replace {addressing.POD_GATEWAY} dev eth0 scope link"
            yield f"route replace default via {addressing.POD_GATEWAY} dev eth0"
        if "ipv6" in self.addresses:
            yield f"addr replace {self.addresses['ipv6']}/128 dev eth0 nodad"
            yield f"route replace default via {addressing.HOST_SIDE_LINK_LOCAL} dev eth0"
