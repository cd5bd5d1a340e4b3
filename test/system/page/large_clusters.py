# SPDX-License-Identifier: Apache-2.0
"""One node of a lab as a member of a far larger cluster: what its kernel and its BIRD then have is real, and only the
other nodes are not there."""

import ipaddress
import tempfile
from pathlib import Path

from calicolab.tools import find_bird

_BLOCKS, _HOSTS = ipaddress.ip_address("100.64.0.0"), ipaddress.ip_address("10.40.0.0")
_DEVICE = "vxlan.calico"


def lead_to(lab, node, count):
    """So many more nodes behind VXLAN, as Felix enters them: a route, a neighbor and an FDB entry each."""
    entries, forwards = [], []
    for number in range(1, count + 1):
        tunnel, host = _BLOCKS + 64 * number, _HOSTS + number
        mac = f"66:00:00:00:{number >> 8:02x}:{number & 255:02x}"
        entries.append(f"neigh replace {tunnel} lladdr {mac} dev {_DEVICE} nud permanent")
        entries.append(f"route replace {tunnel}/26 via {tunnel} dev {_DEVICE} proto boot onlink")
        forwards.append(f"fdb replace {mac} dev {_DEVICE} dst {host} self permanent")
    lab.node(node).run(["ip", "-batch", "-"], given="\n".join(entries) + "\n")
    lab.node(node).run(["bridge", "-batch", "-"], given="\n".join(forwards) + "\n")


class Crowd:
    """BGP peers of a node's BIRD 2, IPv4: a BIRD each at the monitor, with an address and a block of its own. They end
    with the lab; close() takes their files away, and tests add it as a cleanup."""

    _FIRST = 30  # last octet

    def __init__(self, lab, node):
        self._lab, self._node, self._monitor = lab, node, lab.node("monitor")
        self._folder = tempfile.TemporaryDirectory()
        self._config = self._told("cat $CALICO_RUN_DIR/../bird.cfg")
        self._running = []
        self._up = 0

    def gather(self, up, down=0):
        """So many peers in all; it can be called again for more. Nobody has the addresses of those that are down."""
        octets = range(self._FIRST, self._FIRST + up + down)
        self._start(octets[self._up : up])
        self._up = up
        peers = "".join(_PEER.format(name=_host(n).replace(".", "_"), host=_host(n)) for n in octets)
        self._told("cat > $CALICO_RUN_DIR/../bird.cfg", given=self._config + peers)
        self._told("birdc configure")

    def close(self):
        for running in self._running:
            running.__exit__(None, None, None)
        self._folder.cleanup()

    def _start(self, octets):
        self._monitor.run(["ip", "-batch", "-"], given="".join(f"addr add {_host(n)}/32 dev eth0\n" for n in octets))
        for octet in octets:
            Path(self._folder.name, f"{octet}.conf").write_text(_CONFIG.format(host=_host(octet), octet=octet))
        files = " ".join(f"{self._folder.name}/{octet}" for octet in octets)
        daemon = find_bird("2.0.12").daemon["ipv4"]
        script = f"for file in {files}; do {daemon} -f -c $file.conf -s $file.ctl & done; wait"
        self._running.append(self._monitor.start(["sh", "-c", script]))

    def _told(self, command, given=None):
        return self._lab.node(self._node).run(["sh", "-c", command], given=given).stdout


def _host(octet):
    return f"10.39.1.{octet}"


_PEER = "protocol bgp Mesh_{name} from bgp_template {{ neighbor {host} as 64512; }}\n"  # as confd names it
_CONFIG = """
router id {host};
protocol device {{}}
protocol static {{
  ipv4;
  route 192.168.{octet}.0/26 blackhole;
}}
protocol bgp {{
  local {host} as 64512;
  neighbor 10.39.1.11 as 64512;
  multihop;
  strict bind;
  graceful restart;
  connect delay time 1;
  ipv4 {{
    import all;
    next hop self;
    export where source = RTS_STATIC;
  }};
}}
"""
