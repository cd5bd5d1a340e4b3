# SPDX-License-Identifier: Apache-2.0
"""What `caliwatch check` has to say of each recorded node: CASES[recording] is a Case."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Case:
    """finds: (check, subject) -> (words of what is wrong, effects included; words of what to do). Of warnings and worse
    it is all that is found, but for what is in `may`. never: words that no remedy has."""

    finds: dict = dataclasses.field(default_factory=dict)
    may: frozenset = frozenset()
    never: tuple = ()


HEALTHY = Case()

CASES = {
    "calico/bgp-healthy": HEALTHY,
    "calico/borrowed-addresses": HEALTHY,
    "calico/ipip-cs-healthy-n1": HEALTHY,
    "calico/ipip-healthy-n1": HEALTHY,
    "calico/ipip-remote-pod-host-route": HEALTHY,
    "calico/ipip333-healthy-n1": HEALTHY,
    "calico/route-reflector-healthy": HEALTHY,
    "calico/service-addresses-advertised": HEALTHY,
    "calico/vxlan-healthy": HEALTHY,
    "calico/node-address-changed": Case(
        {
            ("bgp_source_address_not_local", "10.9.0.12"): (
                ["no interface of the node has (it has: 10.9.0.52)", "2 of 2 sessions are still up"],
                ["If no other machine has the address now", "IP_AUTODETECTION_METHOD", "spec.bgp of the Node resource"],
            )
        }
    ),
    "cases/no-default-route-for-the-pods-gateway": Case(
        {
            ("pod_gateway_unanswered", "169.254.1.1"): (
                ["no route of the node covers it, as a default route does", "pod default/a", "pod default/b"],
                ["ip route add default via", "ip route add 169.254.1.1/32 dev"],
            )
        }
    ),
}
