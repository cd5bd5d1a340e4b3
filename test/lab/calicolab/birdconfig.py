# SPDX-License-Identifier: Apache-2.0
"""Renders bird.cfg and bird6.cfg with the settings that Calico's confd makes of its templates (3.28 on, no IPIP).

BIRD 2 has the same settings, but moves those of an address family into a channel.

From 3.32 on routes have priorities. The metric of a node's own route travels as local preference, 2147483647 less it,
and becomes the metric at the others again. A better one than Felix' normal 1024 is preferred to routes by BIRD itself.
"""

from __future__ import annotations

import dataclasses

from calicolab import addressing
from calicolab.ipip import DEVICE
from calicolab.options import AS_NUMBER
from calicolab.version import NORMAL_PRIORITY, Calico

_MOST = 2147483647  # local preference
_USUAL_PORT = 179
TUNNEL = DEVICE["ipv4"]


@dataclasses.dataclass
class BirdConfig:
    calico: Calico
    major: int
    family: str
    log: str
    router_id: str
    address: str | None  # None: no address of this family, so no peers
    blocks: list[str]
    peers: list
    services: tuple = ()  # address ranges of services, advertised
    community: tuple = ()  # (AS, value), of the blocks
    as_number: int = AS_NUMBER
    bgp_port: int = _USUAL_PORT
    prepended: int | None = None  # AS number in the paths of what is announced
    password: str | None = None  # of all sessions
    ways: dict | None = None  # other node's address -> interface, where packets for its pods go through a tunnel
    felix_leads: bool = False  # routes of the pool into the kernel: what BIRD has of them it keeps to itself
    hold_time: int | None = None
    graceful_restart_wait: int | None = None
    graceful_restart_time: int | None = None

    def render(self):
        return "\n".join(
            [self._globals(), self._filters(), self._kernel(), self._devices(), self._static(), self._ways()]
            + ([self._template()] + [self._peer(peer) for peer in self.peers] if self.address else [])
        )

    def _globals(self):
        wait = f"graceful restart wait {self.graceful_restart_wait};\n" if self.graceful_restart_wait else ""
        port = f"listen bgp port {self.bgp_port};\n" if self.major == 1 and self._port() else ""
        return f'log "{self.log}" all;\nrouter id {self.router_id};\n{port}{wait}'

    def _filters(self):
        """What the node has in its blocks is told as the blocks, but for what is to win over them."""
        winning = f"defined(krt_metric) && krt_metric < {NORMAL_PRIORITY}" if self._priorities else "false"
        tagged = f"bgp_community.add(({','.join(map(str, self.community))})); " if self.community else ""
        aggregated = "".join(
            f"  if ( net = {block} ) then {{ {tagged}accept; }}\n"
            f"  if ( net ~ {block} && !({winning}) ) then {{ reject; }}\n"
            for block in self.blocks
        )
        services = "".join(f"  if ( net ~ {service} ) then {{ accept; }}\n" for service in self.services)
        return (
            f"function calico_aggr ()\n{{\n{aggregated}  return false;\n}}\n"
            f"function calico_export_to_bgp_peers ()\n{{\n{self._no_felix_routes()}  calico_aggr();\n"
            f"{services}  if ( net ~ {addressing.POOL[self.family]} ) then {{ accept; }}\n  return false;\n}}\n"
            "filter calico_kernel_programming {\n"
            f"{self._no_device_routes()}{self._no_services()}{self._left_to_felix()}{self._no_unreachable()}"
            f"{self._kernel_metric()}  accept;\n}}\n"
        )

    @property
    def _priorities(self):
        return self.calico.routes_have_priorities

    def _kernel_metric(self):
        """BIRD 1 forgets a krt_metric that BGP's import filter has set."""
        metric = f"krt_metric = {_MOST} - bgp_local_pref;"
        return f"  if defined(bgp_local_pref) then {{ {metric} }}\n" if self._priorities else ""

    def _no_services(self):
        """Blackholes for what kube-proxy translates before a route is looked up."""
        return "".join(f"  if ( net ~ {service} ) then {{ reject; }}\n" for service in self.services)

    def _no_device_routes(self):
        """BIRD 1 never writes the networks of interfaces into the kernel; BIRD 2 has to be told."""
        return "" if self.major == 1 else "  if ( source = RTS_DEVICE ) then { reject; }\n"

    def _left_to_felix(self):
        return f"  if ( net ~ {addressing.POOL[self.family]} ) then {{ reject; }}\n" if self.felix_leads else ""

    def _no_felix_routes(self):
        """BIRD learns from the kernel what Felix leads to the others' blocks; they tell of those themselves."""
        return f'  if ( ifname = "{TUNNEL}" ) then {{ reject; }}\n' if self.felix_leads else ""

    def _no_unreachable(self):
        """Calico's own BIRD finds the others' addresses by eth0 whatever tunl0 does; while that is down, the kernel
        refuses the route. Debian's would say that nobody can be reached."""
        return "  if ( dest = RTD_UNREACHABLE ) then { reject; }\n" if self.ways else ""

    def _kernel(self):
        """BIRD 2's own default is a metric of 32 for all; 0 leaves it to each route, as in BIRD 1."""
        exchange = self._channel("import all;", "export filter calico_kernel_programming;")
        always = "  learn;\n  persist;\n  scan time 2;\n" + ("  metric 0;\n" if self.major > 1 else "")
        return f"protocol kernel {{\n{always}{exchange}  graceful restart;\n  merge paths on;\n}}\n"

    def _devices(self):
        return (
            "protocol device {\n  debug { states };\n  scan time 2;\n}\n"
            f"protocol direct {{\n  debug {{ states }};\n{self._channel()}"
            '  interface -"cali*", -"kube-ipvs*", "*";\n}\n'
        )

    def _static(self):
        routes = "".join(f"  route {prefix} blackhole;\n" for prefix in [*self.blocks, *self.services])
        if not routes and self.calico.bird_may_have_no_blocks:
            return ""
        return f"protocol static {{\n{self._channel()}{routes}}}\n"

    def _ways(self):
        """Calico's own BIRD leads a route through tunl0 where its import filter says so. With Debian's, all next hops
        are looked up in a table of their own, which says by which interface."""
        if not self.ways:
            return ""
        via = lambda address, way: f"{address}%{way} onlink" if way == TUNNEL else f'"{way}"'
        routes = "".join(f"  route {address}/32 via {via(address, way)};\n" for address, way in self.ways.items())
        return f"{self.family} table ways;\nprotocol static {{\n  {self.family} {{ table ways; }};\n{routes}}}\n"

    def _lookup(self):
        return ["igp table ways;"] if self.ways else []

    def _template(self):
        exchange = self._channel("gateway recursive;", self._import(), self._export(), "add paths on;", *self._lookup())
        told = "all" if self.calico.bird_tells_all else "{ states }"
        hold = f"  hold time {self.hold_time};\n" if self.hold_time else ""
        restart = f"  graceful restart time {self.graceful_restart_time};\n" if self.graceful_restart_time else ""
        return (
            f"template bgp bgp_template {{\n  debug {told};\n"
            '  description "Connection to BGP peer";\n'
            f"  local {self._port_of_bird_2()}as {self.as_number};\n"
            f"  multihop;\n{exchange}  graceful restart;\n{restart}{hold}"
            + (f'  password "{self.password}";\n' if self.password else "")
            + f"  source address {self.address};\n"
            "  connect delay time 2;\n  connect retry time 5;\n  error wait time 5,30;\n}\n"
        )

    def _port(self):
        """As confd does: where it is not the usual one."""
        return "" if self.bgp_port == _USUAL_PORT else f"port {self.bgp_port} "

    def _port_of_bird_2(self):
        """BIRD 1 has one port for all, among the globals."""
        return "" if self.major == 1 else self._port()

    def _import(self):
        if not self._priorities:
            return "import filter { accept; };"
        return (
            f"import filter {{ krt_metric = {NORMAL_PRIORITY};"
            f" if defined(bgp_local_pref) then {{ krt_metric = {_MOST} - bgp_local_pref; }}"
            f" if krt_metric < {NORMAL_PRIORITY} then {{ preference = 200; }} accept; }};"
        )

    def _export(self):
        """In the mesh; eBGP has no local preference, so that the other side takes it for 100."""
        prepend = f"bgp_path.prepend({self.prepended}); " if self.prepended else ""
        if not self._priorities:
            return f"export filter {{ {prepend}calico_export_to_bgp_peers(); reject; }};"
        return (
            f"export filter {{ {prepend}if !defined(krt_metric) then {{ krt_metric = {NORMAL_PRIORITY}; }}"
            f" bgp_local_pref = {_MOST} - krt_metric; calico_export_to_bgp_peers(); reject; }};"
        )

    def _peer(self, peer):
        passive = addressing.waits_for(self.address, peer.address) if peer.passive is None else peer.passive
        lines = [f"neighbor {peer.address} {self._port()}as {peer.remote_as};"]
        lines += ["passive on;"] if passive else []
        lines += ["disabled;"] if peer.disabled else []
        lines += ["rr client;", f"rr cluster id {peer.cluster_id};"] if peer.cluster_id else []
        lines += [f'description "{peer.description}";'] if peer.description else []
        name = addressing.protocol_name(peer.kind, peer.address)
        return f"protocol bgp {name} from bgp_template {{\n" + "".join(f"  {line}\n" for line in lines) + "}\n"

    def _channel(self, *settings):
        if self.major == 1:
            return "".join(f"  {setting}\n" for setting in settings)
        body = "".join(f"    {setting}\n" for setting in settings)
        return f"  {self.family} {{\n{body}  }};\n" if settings else f"  {self.family};\n"
