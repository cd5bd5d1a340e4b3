# SPDX-License-Identifier: Apache-2.0
"""Renders bird.cfg and bird6.cfg with the settings Calico's confd templates make (v3.18 and later, mesh, no IPIP).

BIRD 2 has the same settings, but moves those of an address family into a channel.
"""

from __future__ import annotations

import dataclasses

from calicolab import addressing


@dataclasses.dataclass
class BirdConfig:
    major: int
    family: str
    log: str
    router_id: str
    address: str | None  # None: no address of this family, so no peers
    blocks: list[str]
    peers: list
    hold_time: int | None = None
    graceful_restart_wait: int | None = None
    graceful_restart_time: int | None = None

    def render(self):
        return "\n".join(
            [self._globals(), self._filters(), self._kernel(), self._devices(), self._static()]
            + ([self._template()] + [self._peer(peer) for peer in self.peers] if self.address else [])
        )

    def _globals(self):
        wait = f"graceful restart wait {self.graceful_restart_wait};\n" if self.graceful_restart_wait else ""
        return f'log "{self.log}" all;\nrouter id {self.router_id};\n{wait}'

    def _filters(self):
        aggregated = "".join(
            f"  if ( net = {block} ) then {{ accept; }}\n  if ( net ~ {block} ) then {{ reject; }}\n"
            for block in self.blocks
        )
        return (
            f"function calico_aggr ()\n{{\n{aggregated or '  return false;'}}}\n"
            "filter calico_export_to_bgp_peers {\n  calico_aggr();\n"
            f"  if ( net ~ {addressing.POOL[self.family]} ) then {{ accept; }}\n  reject;\n}}\n"
            f"filter calico_kernel_programming {{\n{self._no_device_routes()}  accept;\n}}\n"
        )

    def _no_device_routes(self):
        """BIRD 1 never writes the networks of interfaces into the kernel; BIRD 2 has to be told."""
        return "" if self.major == 1 else "  if ( source = RTS_DEVICE ) then { reject; }\n"

    def _kernel(self):
        exchange = self._channel("import all;", "export filter calico_kernel_programming;")
        always = "  learn;\n  persist;\n  scan time 2;\n"
        return f"protocol kernel {{\n{always}{exchange}  graceful restart;\n  merge paths on;\n}}\n"

    def _devices(self):
        return (
            "protocol device {\n  debug { states };\n  scan time 2;\n}\n"
            f"protocol direct {{\n  debug {{ states }};\n{self._channel()}"
            '  interface -"cali*", -"kube-ipvs*", "*";\n}\n'
        )

    def _static(self):
        routes = "".join(f"  route {block} blackhole;\n" for block in self.blocks)
        return f"protocol static {{\n{self._channel()}{routes}}}\n" if routes else ""

    def _template(self):
        exchange = self._channel(
            "gateway recursive;", "import all;", "export filter calico_export_to_bgp_peers;", "add paths on;"
        )
        hold = f"  hold time {self.hold_time};\n" if self.hold_time else ""
        restart = f"  graceful restart time {self.graceful_restart_time};\n" if self.graceful_restart_time else ""
        return (
            'template bgp bgp_template {\n  debug { states };\n  description "Connection to BGP peer";\n'
            f"  local as 64512;\n  multihop;\n{exchange}  graceful restart;\n{restart}{hold}"
            f"  source address {self.address};\n"
            "  connect delay time 2;\n  connect retry time 5;\n  error wait time 5,30;\n}\n"
        )

    def _peer(self, peer):
        passive = addressing.waits_for(self.address, peer.address) if peer.passive is None else peer.passive
        lines = [f"neighbor {peer.address} as {peer.remote_as};"]
        lines += ["passive on;"] if passive else []
        lines += ["disabled;"] if peer.disabled else []
        lines += [f'description "{peer.description}";'] if peer.description else []
        name = addressing.protocol_name(peer.kind, peer.address)
        return f"protocol bgp {name} from bgp_template {{\n" + "".join(f"  {line}\n" for line in lines) + "}\n"

    def _channel(self, *settings):
        if self.major == 1:
            return "".join(f"  {setting}\n" for setting in settings)
        body = "".join(f"    {setting}\n" for setting in settings)
        return f"  {self.family} {{\n{body}  }};\n" if settings else f"  {self.family};\n"
