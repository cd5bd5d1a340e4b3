# SPDX-License-Identifier: Apache-2.0
"""A node of a large Calico cluster, as far as its kernel tables go, in the network namespace of the caller.

Its fabric and its pods are one more namespace, which lives as long as this process.
"""

import ctypes
import dataclasses
import ipaddress
import os
import signal
import subprocess

FABRIC = ipaddress.ip_address("10.39.0.0")  # /16: the node is .0.1, then come its neighbors
BLOCKS = ipaddress.ip_address("100.64.0.0")  # remote blocks, /26 each
PODS = ipaddress.ip_address("192.168.0.0")
CHUNK = 5000  # commands of one `ip -batch`
_holders = []  # nobody waits for them: they end with this process


@dataclasses.dataclass(frozen=True)
class Size:
    name: str
    next_hops: int
    routes: int  # of BIRD, through the next hops
    blackholes: int
    workloads: int
    neighbors: int  # those of the workloads included


SIZES = [
    Size("M", next_hops=1000, routes=5000, blackholes=2, workloads=110, neighbors=1110),
    Size("L", next_hops=5000, routes=100_000, blackholes=8, workloads=500, neighbors=10_000),
]


def build(size, tell):
    """`tell(text)` hears how far it is."""
    outside = _new_namespace()
    tell(f"{size.workloads} workloads, {size.neighbors} neighbors")
    _ip(
        [f"link add eth0 type veth peer name fabric netns {outside}"]
        + [f"link add cali{pod:011x} type veth peer name pod{pod} netns {outside}" for pod in range(size.workloads)]
    )
    names = ["fabric"] + [f"pod{pod}" for pod in range(size.workloads)]
    _ip([f"link set {name} up" for name in names], ["nsenter", "-t", str(outside), "-n"])
    _ip([f"link set {name} up" for name in ["lo", "eth0"]])
    _ip(
        [
            f"address add {FABRIC + 1}/16 dev eth0",
            "address add fd00:39::1/64 dev eth0 nodad",
            f"route add default via {FABRIC + 2}",
            "route add ::/0 via fd00:39::2",
        ]
    )
    _ip(_workload_commands(size))
    _ip(
        [
            f"neigh add {FABRIC + 2 + n} lladdr 02:00:00:00:{n >> 8:02x}:{n & 255:02x} dev eth0 nud permanent"
            for n in range(size.neighbors - size.workloads)
        ]
    )
    routes = _route_commands(size)
    for done in range(0, len(routes), CHUNK):
        tell(f"{done:,} of {len(routes):,} routes")
        _ip(routes[done : done + CHUNK])


def _workload_commands(size):
    for pod in range(size.workloads):
        device = f"cali{pod:011x}"
        yield f"link set {device} up"
        yield f"route add {PODS + pod}/32 dev {device} scope link proto boot"
        yield f"neigh add {PODS + pod} lladdr 0a:00:00:00:{pod >> 8:02x}:{pod & 255:02x} dev {device} nud permanent"


def _route_commands(size):
    # Blocks of one node are not neighbors of each other: what is next in the table has another next hop.
    unicast = [
        f"route add {BLOCKS + 64 * n}/26 via {FABRIC + 2 + n % size.next_hops} dev eth0 proto bird"
        for n in range(size.routes)
    ]
    own = [f"route add blackhole {PODS + 4096 + 64 * n}/26 proto bird" for n in range(size.blackholes)]
    return own + unicast


def _new_namespace():
    """The pid of a process in a new network namespace; the kernel ends it together with ours."""

    def die_with_parent():
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG

    # The shell says that it is there: only then is the namespace the new one.
    holder = subprocess.Popen(
        ["unshare", "-n", "sh", "-c", "echo; exec sleep infinity"], stdout=subprocess.PIPE, preexec_fn=die_with_parent
    )
    os.read(holder.stdout.fileno(), 1)
    _holders.append(holder)
    return holder.pid


def _ip(commands, prefix=()):
    subprocess.run([*prefix, "ip", "-batch", "-"], input="\n".join(commands), text=True, check=True)
