# SPDX-License-Identifier: Apache-2.0
"""A whole node of a Calico cluster for `make bench`: kernel tables, Calico's files and BIRD's configuration, in the
network namespace of the caller. Its fabric and the other ends of its pods' veths are one more namespace."""

import dataclasses
import ipaddress
import json
import math
import os
import subprocess

from calicolab import addressing
from calicolab.birdconfig import BirdConfig
from calicolab.netns import Namespace
from calicolab.options import AS_NUMBER, Peer
from calicolab.version import Calico

CALICO = Calico("3.31")
NODE = ipaddress.ip_address("10.39.0.1")  # of a /16: peers follow, then other neighbors
GATEWAY = ipaddress.ip_address("10.39.255.254")
REMOTE = ipaddress.ip_address("100.64.0.0")  # blocks of others, /26 each
RACK = ipaddress.ip_network("10.77.0.0/16")  # next hops that only BGP leads to: BIRD takes no such
PODS = ipaddress.ip_address("192.168.0.0")
BLOCK, PODS_OF_BLOCK = 64, 60
FOLDER = "/run/node"
RUN, LIB = f"{FOLDER}/run", f"{FOLDER}/lib"


@dataclasses.dataclass(frozen=True)
class Size:
    name: str
    routes: int  # that the peers announce
    pods: int
    peers: int
    neighbors: int  # pods and peers among them

    @property
    def blocks(self):
        return math.ceil(self.pods / PODS_OF_BLOCK)


SIZES = {
    size.name: size
    for size in (
        Size("S", routes=100, pods=30, peers=100, neighbors=140),
        Size("M", routes=5_000, pods=110, peers=500, neighbors=1_110),
        Size("L", routes=100_000, pods=500, peers=500, neighbors=10_000),
        Size("XL", routes=250_000, pods=1_000, peers=1_000, neighbors=2_500),
    )
}


def peer_address(number):
    return NODE + 1 + number


def block_of(number):
    return ipaddress.ip_network((int(REMOTE) + BLOCK * number, 26))


def blocks_of_peer(size, peer):
    return [block_of(number) for number in range(peer, size.routes, size.peers)]


def interface(pod):
    return addressing.veth_name(f"bench/pod{pod}")


def pod_address(pod):
    return PODS + BLOCK * (pod // PODS_OF_BLOCK) + 1 + pod % PODS_OF_BLOCK


def build(size, tell):
    """Makes all but the running programs. Returns the Namespace of the fabric, which lives as long as the caller's."""
    for folder in (f"{RUN}/endpoint-status", LIB):
        os.makedirs(folder)
    outside = Namespace.create(f"{FOLDER}/outside")
    outside.sysctl("net/ipv6/conf/all/disable_ipv6", 1)
    outside.sysctl("net/ipv6/conf/default/disable_ipv6", 1)
    _settings("all", {"rp_filter": 0, "forwarding": 1})
    tell(f"{size.pods:,} pods, {size.neighbors:,} neighbors, {size.peers:,} peers")
    _wire(size, outside)
    mac = json.loads(outside.run("ip", "-json", "link", "show", "fabric"))[0]["address"]
    _ip(_neighbors(size, mac))
    _write_files(size)
    return outside


def _wire(size, outside):
    pods = range(size.pods)
    _ip(
        [f"link add eth0 type veth peer name fabric netns {outside.path}"]
        + [
            f"link add {interface(pod)} address {addressing.HOST_SIDE_MAC} type veth"
            f" peer name pod{pod} address {_mac('0a', pod)} netns {outside.path}"
            for pod in pods
        ]
    )
    outside.ip(f"addr add {GATEWAY}/16 dev fabric", *[f"link set {name} up" for name in _far_ends(size)])
    outside.ip(*[f"addr add {peer_address(peer)}/32 dev fabric" for peer in range(size.peers)])
    _ip(["link set lo up", "link set eth0 up", f"addr add {NODE}/16 dev eth0", f"route add default via {GATEWAY}"])
    _ip([f"link set {interface(pod)} up" for pod in pods])
    _ip([f"route add {pod_address(pod)}/32 dev {interface(pod)} scope link" for pod in pods])
    for pod in pods:
        _settings(interface(pod), {"rp_filter": 1, "route_localnet": 1, "proxy_arp": 1, "forwarding": 1})


def _far_ends(size):
    return ["fabric"] + [f"pod{pod}" for pod in range(size.pods)]


def _neighbors(size, mac):
    """Permanent ones, since the kernel counts all others of the machine together. Packets must reach the peers."""
    yield f"neigh add {GATEWAY} lladdr {mac} dev eth0 nud permanent"
    for number in range(size.neighbors - size.pods - 1):
        to = mac if number < size.peers else _mac("02", number)
        yield f"neigh add {peer_address(number)} lladdr {to} dev eth0 nud permanent"
    for pod in range(size.pods):
        yield f"neigh add {pod_address(pod)} lladdr {_mac('0a', pod)} dev {interface(pod)} nud permanent"


def _mac(first, number):
    return f"{first}:00:00:00:{number >> 8:02x}:{number & 255:02x}"


def _write_files(size):
    for name, text in {"nodename": "node1", "mtu": "1500"}.items():
        _write(f"{LIB}/{name}", text)
    for pod in range(size.pods):
        status = {"ifaceName": interface(pod), "ipv4Nets": [f"{pod_address(pod)}/32"]}
        _write(f"{RUN}/endpoint-status/k8s bench%2Fpod{pod} eth0", json.dumps(status, separators=(",", ":")))
    for family, name in {"ipv4": "bird", "ipv6": "bird6"}.items():
        _write(f"{FOLDER}/{name}.cfg", _bird_config(size, family, f"{FOLDER}/{name}.log"))


def _bird_config(size, family, log):
    """As confd writes it; the daemon of IPv6 has no peers on a node without IPv6."""
    ours = family == "ipv4"
    return BirdConfig(
        calico=CALICO, major=1, family=family, log=log, router_id=str(NODE), as_number=AS_NUMBER,
        address=str(NODE) if ours else None,
        blocks=[f"{PODS + BLOCK * block}/26" for block in range(size.blocks)] if ours else [],
        peers=[Peer(str(peer_address(peer))) for peer in range(size.peers)] if ours else [],
    ).render()  # fmt: skip


def _settings(name, values):
    for setting, value in values.items():
        _write(f"/proc/sys/net/ipv4/conf/{name}/{setting}", str(value))


def _write(path, text):
    with open(path, "w") as out:
        out.write(text)


def _ip(commands):
    subprocess.run(["ip", "-batch", "-"], input="\n".join(commands) + "\n", text=True, check=True)
