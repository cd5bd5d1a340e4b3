# SPDX-License-Identifier: Apache-2.0
"""Of every check: where what it says to do is done and the finding seen to go, or why no test can do it. A check is in
one of the two; remedies_table_test.py holds them to that, and docs/reliability.md shows them."""

_RESTARTS = "ends by itself once the daemon stays up; why it ended, a person has to read in its log"
_DATASTORE = "is put right in Calico's datastore, which a lab lacks: its fault is healed by just that"
_PEER = "is put right on the peer's machine, or on the way there; this node's lines only look"
_POD = "a person chooses which pod to delete, by the API"
_PROGRAM = "another program on the node does it, and a person has to find it"
_IPIP = "wants a kernel with tunl0; the line is the restart that tunnel_device_down tries"

# Check -> fault of the lab that remedies_test.py or workload_remedies_test.py ends by what is printed.
CARRIED_OUT = {
    "bgp_peers_share_cause": "passwords-refused",
    "bgp_source_address_not_local": "remove-address",
    "bird_down": "kill-bird",
    "felix_down": "felix-hung",
    "forwarding_disabled": "forwarding-off",
    "local_block_route_missing": "lose-block-route",
    "mtu_mismatch": "wrong-tunnel-mtu",
    "node_address_unsteady": "virtual-network",
    "orphan_workload_interface": "stale-veths",
    "path_mtu_too_small": "small-path",
    "pod_gateway_unanswered": "no-default-route",
    "pod_gateway_wrong_mac": "wrong-gateway-mac",
    "policy_rule_before_main": "rule-before-main",
    "proxy_arp_disabled": "proxy-arp-off",
    "route_missing_from_kernel": "foreign-route",
    "route_owner_conflict": "owner-conflict",
    "route_through_workload": "route-through-pod",
    "router_advertisements_ignored": "advertisements-ignored",
    "tunnel_address_missing": "tunnel-without-address",
    "tunnel_device_down": "tunnel-down",
    "tunnel_device_missing": "tunnel-missing",
    "vxlan_fdb_incomplete": "lose-vtep-fdb",
    "vxlan_neighbor_incomplete": "lose-vtep-neighbor",
    "vxlan_route_missing": "lose-vtep-route",
    "vxlan_source_address_not_local": "foreign-tunnel-source",
    "workload_answers_no_arp": "second-network",
    "workload_interface_down": "carrier-lost",
    "workload_interface_missing": "left-file",
    "workload_neighbor_mac_mismatch": "wrong-neighbor-mac",
    "workload_not_programmed": "pod-not-programmed",
    "workload_route_missing": "delete-route",
    "workload_route_wrong_interface": "wrong-veth",
    "workload_routes_all_missing": "flush-pod-routes",
}

# Check -> its test, where that has no fault of the lab.
BY_A_TEST_OF_ITS_OWN = {"calico_folders_empty": "test_of_folders_that_are_elsewhere"}

# Check -> why nothing that this node prints is typed.
NOT_HERE = {
    "bgp_listen_overflow": "follows from a BIRD that hangs or starves; the restart is the one that bird_down tries",
    "bgp_peer_down": _PEER,
    "bgp_peer_down_routes_kept": _PEER,
    "bgp_without_peers": _DATASTORE,
    "bird_configuration_old": "a restart of calico-node starts confd anew, which the lab only plays; the fault is "
    "healed by just that",
    "bird_restarts_often": _RESTARTS,
    "bird_routes_left_over": "nothing is to be done: they go with the next boot",
    "blackhole_without_block": "BIRD writes the route again until its configuration is put right",
    "block_announced_by_several_peers": "is put right on the node that announces it without having it",
    "block_overlaps_network": _DATASTORE,
    "cni_token_old": "calico-node writes the file when it starts; of calico-node the lab has Felix and BIRD alone",
    "duplicate_neighbor_ip": _POD,
    "duplicate_workload_ip": _POD,
    "endpoint_files_stale": "which Calico runs, and whether its files are to go, a person has to see first",
    "expected_route_missing": "BIRD is recovering, here or on the node that announces it, and ends that by itself",
    "felix_not_ready": "Felix waits for Typha or the API server, which are elsewhere",
    "felix_restarts_often": _RESTARTS,
    "felix_route_missing": _IPIP,
    "foreign_pod_in_block": _POD,
    "graceful_restart_blocked": _PEER,
    "local_workload_peer_down": "is put right in the pod that is to speak BGP",
    "neighbor_table_full": "the limit is the whole machine's; a lab's namespaces may not change it",
    "node_address_wrong": _DATASTORE,
    "node_large_packets_lost": "is put right on the way between the nodes",
    "node_overlay_broken": "is put right on the way between the nodes, or on the other one; of wrong checksums, "
    "node_probes_long_test types the line",
    "nothing_judged": "nothing is wrong with the node",
    "peer_established_without_routes": _PEER,
    "peer_flapping": _PEER,
    "peer_hold_timer_low": _PEER,
    "peer_path_one_way": _PEER,
    "peer_routes_ignored": _DATASTORE,
    "pod_gateway_unreachable": "follows from what the finding names as the cause; else " + _POD,
    "route_flapping": _PROGRAM,
    "route_unreachable": "is put right in the pools or at the router that announces the next hop's network",
    "route_without_encapsulation": _IPIP,
    "routes_partly_tunnelled": _IPIP,
    "tunnel_address_in_remote_block": _DATASTORE,
    "tunnel_unanswered": "a firewall between the nodes, or the other node, drops the packets",
    "vxlan_mac_shared": "is put right on the machines that are clones",
    "vxlan_source_interface_wrong": _DATASTORE,
    "wireguard_incomplete": "the lab has no WireGuard; the line is the restart that felix_down tries",
    "workload_interface_left": _POD,
    "workload_ip_outside_local_blocks": _DATASTORE,
    "workload_route_linkdown": "the lines are those of workload_interface_down without a carrier",
}
