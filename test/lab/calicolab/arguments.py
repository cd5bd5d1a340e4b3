# SPDX-License-Identifier: Apache-2.0
"""The command-line options that describe a lab."""

from __future__ import annotations

import argparse
import os

from calicolab import addressing
from calicolab.options import DEAD_KINDS, FAMILIES, Peer

# Where a dead peer lives unless told: below and above the default nodes' addresses in Calico's textual order.
_DEAD_OCTETS = {"silent": 101, "refused": 102, "unreachable": 103, "passive": 198}


def add_to(command):
    add = command.add_argument
    add("--nodes", type=int, default=4)
    add("--pods", type=int, default=3, help="on each node")
    add("--bird", default="1.6.8", metavar="1.6.8|2.0.12|none")
    add("--libc", choices=["glibc", "musl"], default="glibc", help="in whose words BIRD tells of system errors")
    add("--families", type=_words, default=FAMILIES, metavar="ipv4,ipv6")
    add("--encap", choices=["none", "vxlan", "ipip"], default="none",
        help="vxlan: without BIRD, routes as Felix makes them; ipip: where the kernel has tunl0, with --bird 2.0.12 "
        "or --calico 3.33")  # fmt: skip
    add("--addresses", type=_octets, default=(), metavar="9,10,100", help="last octets of the nodes' addresses")
    add("--calico", default="3.32", metavar="3.28 … 3.33", help="what Felix and confd of this version write")
    add(
        "--endpoint-status",
        action=argparse.BooleanOptionalAction,
        help="these files, which Calico writes from 3.30 on; empty ones before",
    )
    add(
        "--felix-pace",
        type=float,
        default=0,
        metavar="FACTOR",
        help="Felix restores what it finds changed, so many times as late as the real one; 0: never",
    )
    add("--hold-time", type=int, metavar="SECONDS")
    add("--graceful-restart-wait", type=int, metavar="SECONDS")
    add(
        "--router",
        action="append",
        default=[],
        choices=["Global", "Node"],
        help="a BGP router beside the cluster; repeatable",
    )
    add("--reflectors", type=int, default=0, metavar="N", help="the last N nodes are route reflectors; no mesh")
    add("--services", type=_words, default=(), metavar="10.96.0.0/12,...", help="address ranges that BIRD advertises")
    add("--dead-peer", type=_dead_peer, action="append", default=[], metavar="KIND[=ADDRESS]",
        help=f"a peer that every node has and that never comes up: {', '.join(DEAD_KINDS)}; repeatable")  # fmt: skip
    add("--agent", type=os.path.abspath, metavar="PATH", help="run this caliwatch on each node")


def lab_options(arguments):
    """As keyword arguments of Lab."""
    return {
        "nodes": arguments.nodes,
        "pods": arguments.pods,
        "bird": arguments.bird,
        "libc": arguments.libc,
        "families": arguments.families,
        "encap": arguments.encap,
        "octets": arguments.addresses,
        "calico": arguments.calico,
        "endpoint_status": arguments.endpoint_status,
        "felix_pace": arguments.felix_pace,
        "hold_time": arguments.hold_time,
        "graceful_restart_wait": arguments.graceful_restart_wait,
        "reflectors": arguments.reflectors,
        "services": arguments.services,
        "routers": arguments.router,
        "peers": arguments.dead_peer,
        "agent": arguments.agent,
    }


def _words(text):
    return tuple(text.split(","))


def _octets(text):
    return tuple(int(word) for word in text.split(","))


def _dead_peer(text):
    kind, _, address = text.partition("=")
    if kind not in DEAD_KINDS:
        raise argparse.ArgumentTypeError(f"{kind!r} is none of {', '.join(DEAD_KINDS)}")
    return Peer(address or addressing.host_address("ipv4", _DEAD_OCTETS[kind]), dead=kind)
