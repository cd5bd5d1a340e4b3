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


def each(check, subjects, says, remedies):
    return {(check, subject): (says, remedies) for subject in subjects}


_TUNL0_DOWN = {
    ("tunnel_device_down", "tunl0"): (
        ["is switched off", "10.48.98.0/26", "10.48.217.0/26"],
        ["ip link set tunl0 up", "restart calico-node"],
    )
}
_NO_VXLAN = {
    ("tunnel_device_missing", "vxlan.calico"): (
        ["is missing, though pods get an MTU of 1450"],
        ["Restart calico-node on this node", "log says why"],
    )
}
_NO_ARP = ["pod shop/pod2", "answers no ARP"]
_ADDRESSES_TWICE = {
    ("duplicate_workload_ip", f"10.48.40.{last}"): (
        [f"pod default/pod1{later}", f"pod default/pod1{earlier}"],
        ["calicoctl ipam show --ip=", "the one that it does not name"],
    )
    for last, earlier, later in ((128, "a", "x"), (129, "b", "y"), (130, "c", "z"))
}

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
    "healthy/birds-routes-left-after-a-move-to-vxlan": HEALTHY,
    "healthy/endpoint-status-files-are-empty-markers": HEALTHY,
    "healthy/healthy-ipip-node": HEALTHY,
    "healthy/kubevirt-target-before-the-switch": Case(never=("ip route add", "ip route replace")),
    "healthy/pool-without-encapsulation-between-ipip-pools": HEALTHY,
    "calico/ipam-wiped-duplicates": Case(
        _ADDRESSES_TWICE, never=("ip link del", "Delete the pod that came later", "Delete the later")
    ),
    "calico/ipip-tunl0-down-felix-stopped": Case(_TUNL0_DOWN),
    "calico/ipip333-block-route-missing": Case(
        {
            ("felix_route_missing", "10.48.98.0/26"): (
                ["a block of 10.9.0.13", "Felix is to make its route", "the kernel has no route to it"],
                ["Felix looks at its routes every 90 s", "restart calico-node"],
            )
        }
    ),
    "calico/node-address-changed": Case(
        {
            ("bgp_source_address_not_local", "10.9.0.12"): (
                ["no interface of the node has (it has: 10.9.0.52)", "2 of 2 sessions are still up"],
                ["If no other machine has the address now", "IP_AUTODETECTION_METHOD", "spec.bgp of the Node resource"],
            )
        }
    ),
    "calico/vxlan-device-missing": Case(_NO_VXLAN, never=("ip link del",)),
    "cases/block-unreachable-as-its-rack-comes-by-bgp": Case(
        {
            ("route_unreachable", "10.244.7.0/26"): (
                ["BIRD has it from 10.0.1.7", "10.0.1.0/24, was itself learned by BGP"],
                ["no longer announces 10.0.1.0/24"],
            )
        },
        may=frozenset({("block_overlaps_network", "10.0.1.0/24")}),
    ),
    "cases/foreign-route-in-the-place-of-birds": Case(
        {
            ("route_missing_from_kernel", "10.233.22.0/26"): (
                ["the kernel refuses it", "a static route by 10.10.0.9 on eth0 is in its place"],
                ["ip route del 10.233.22.0/26 via 10.10.0.9 dev eth0 proto static"],
            ),
            ("route_missing_from_kernel", "10.233.23.0/26"): (
                ["the kernel refuses it", "a dhcp route on eth0 is in its place"],
                ["ip route del 10.233.23.0/26 dev eth0 proto dhcp"],
            ),
        }
    ),
    "cases/host-network-announced-by-bgp-and-unreachable": Case(
        {
            ("route_unreachable", "10.1.1.0/24"): (
                ["BIRD has it from 10.1.1.175", "lies in this very network, which was itself learned by BGP"],
                ["10.1.1.175 no longer announces 10.1.1.0/24"],
            ),
            ("route_unreachable", "192.168.235.128/26"): (
                ["BIRD has it from 10.1.1.175", "10.1.1.0/24, was itself learned by BGP"],
                ["10.1.1.175 no longer announces 10.1.1.0/24"],
            ),
        },
        # Its pods are made for a tunnel that it does not have.
        may=frozenset({("block_overlaps_network", "10.1.1.0/24"), ("tunnel_device_missing", "tunl0")}),
    ),
    "cases/md5-key-refused-by-the-kernel/calicos-bird": Case(
        {
            ("bgp_peers_share_cause", "BIRD ipv4"): (
                [
                    "was refused the keys of BGP passwords (TCP MD5)",
                    "10.128.122.176",
                    "10.128.122.177",
                    "10.128.122.27:",
                ],
                ["net.core.optmem_max", "birdcl enable NAME"],
            )
        }
    ),
    "cases/md5-key-refused-by-the-kernel/plain-bird": Case(
        {
            ("bgp_peers_share_cause", "BIRD ipv4"): (
                ["was refused the keys of BGP passwords (TCP MD5)", "10.128.122.175", "10.128.122.178"],
                ["net.core.optmem_max", "birdcl enable NAME"],
            ),
            **each(
                "bgp_peer_down",
                ["10.128.122.176", "10.128.122.177", "10.128.122.27"],
                ["this side waits for the peer to connect"],
                ["Look at the peer's node"],
            ),
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
    "cases/peer-refuses-our-as-and-the-router-id-is-a-hash": Case(
        {
            ("bgp_peer_down", "10.66.0.1"): (
                ["the peer refuses this node's AS number"],
                ["Compare the AS numbers of the two ends", "asNumber"],
            )
        },
        never=("ip address add",),
    ),
    "cases/pod-answers-no-arp/with-pods": Case(
        {
            ("workload_answers_no_arp", "10.233.85.91"): (
                [*_NO_ARP, "the pod's default route leads by net1, not by eth0"],
                ["in the pod"],
            )
        }
    ),
    "cases/pod-answers-no-arp/without-pods": Case(
        {("workload_answers_no_arp", "10.233.85.91"): (_NO_ARP, ["in the pod"])}
    ),
    "cases/pod-interface-down-and-its-status-file-gone": Case(
        {
            ("workload_interface_down", "calibbbbbbbbbbb"): (
                ["is administratively down", "Felix has no file of an interface that does not run"],
                ["ip link set calibbbbbbbbbbb up"],
            )
        },
        never=("ip link del", "crictl stop", "crictl rm"),
    ),
    "cases/port-179-held-by-another-program/another-node": Case(
        {
            ("bgp_peer_down", "10.5.4.134"): (
                ["TCP is connected, but the peer says nothing", "another program than BIRD that holds port 179"],
                ["ss -tlnp 'sport = :179'", "On the peer's node"],
            )
        }
    ),
    "cases/port-179-held-by-another-program/the-node": Case(
        {
            ("bgp_peers_share_cause", "BIRD ipv4"): (
                ["could not open its listening socket (port 179", "10.5.4.135", "10.5.4.136", "10.5.4.138"],
                ["ss -tlnp 'sport = :179'", "listenPort of BGPConfiguration", "birdcl enable NAME"],
            )
        }
    ),
    "cases/service-network-blackholed": Case(
        {
            ("blackhole_without_block", "10.43.0.0/16"): (
                ["no block of this node", "the network of services, which this node now drops"],
                ["ip route del blackhole 10.43.0.0/16 proto bird", "restart calico-node"],
            )
        },
        never=("10.42.11.0/26",),
    ),
    "cases/tunl0-down-and-every-block-refused": Case(
        {
            ("tunnel_device_down", "tunl0"): (
                ["is switched off and has no address", *(f"172.24.4{number}.64/26" for number in range(4))],
                ["Restart calico-node on this node", "IPIP"],
            )
        }
    ),
    "cases/tunl0-missing-and-all-routes-bare": Case(
        {
            ("tunnel_device_missing", "tunl0"): (
                ["is missing, though pods get an MTU of 1480", "leads past it, without encapsulation"],
                ["modprobe ipip", "restart calico-node"],
            )
        }
    ),
    "cases/tunnelled-and-bare-routes-mixed": Case(
        {
            ("routes_partly_tunnelled", "tunl0"): (
                ["3 are reached through tunl0", "2 by eth2 without encapsulation"],
                ["See the pool's ipipMode", "CrossSubnet"],
            )
        }
    ),
    "cases/vxlan-device-missing": Case(_NO_VXLAN),
    "cases/vxlan-sends-by-the-wrong-interface": Case(
        {
            ("vxlan_source_interface_wrong", "vxlan.calico"): (
                ["sends as 203.0.113.40, the address of ppp0, but br-lan leads to the other nodes"],
                ["IP_AUTODETECTION_METHOD=interface=br-lan", "spec.bgp"],
            )
        }
    ),
    "cases/workload-interfaces-with-another-prefix": Case(
        {
            ("workload_route_missing", "10.244.5.2"): (
                ["the kernel has no route to it, but pod default/b"],
                ["ip route add 10.244.5.2 dev enibbbbbbbbbbb"],
            )
        }
    ),
}
