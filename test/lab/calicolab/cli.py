# SPDX-License-Identifier: Apache-2.0
"""The `lab` command."""

from __future__ import annotations

import argparse
import os
import signal
import sys

from calicolab.client import Client, running_labs
from calicolab.errors import EXIT_SKIP, LabError, LabUnavailable
from calicolab.lab import Lab
from calicolab.options import DEAD_KINDS, FAMILIES, Peer
from calicolab import addressing

DEAD_PEER_OCTETS = {"silent": 101, "refused": 102, "unreachable": 103, "passive": 198}


def main(argv=None):
    arguments = parser().parse_args(argv)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends as Ctrl-C does
    try:
        return arguments.action(arguments) or 0
    except LabUnavailable as problem:
        print(f"lab: {problem}", file=sys.stderr)
        return EXIT_SKIP
    except LabError as problem:
        print(f"lab: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def parser():
    top = argparse.ArgumentParser(prog="lab", description="A Calico cluster on this machine, in namespaces of its own.")
    top.add_argument("--name", help="which lab, where several run at once (default: the one that runs)")
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    up = _command(commands, "up", _up, "start a lab and keep it until Ctrl-C or `lab down`")
    _add_options(up)
    _command(commands, "status", _status, "show nodes, BIRDs and pods")
    _command(commands, "down", _down, "end the lab")
    run = _command(commands, "exec", _exec, "run a command at a node, a pod (namespace/name), the monitor or the gateway")
    run.add_argument("where")
    run.add_argument("argv", nargs=argparse.REMAINDER, metavar="-- COMMAND ...")
    return top


def _command(commands, name, action, text):
    command = commands.add_parser(name, help=text, description=text)
    command.set_defaults(action=action)
    return command


def _add_options(command):
    command.add_argument("--nodes", type=int, default=4)
    command.add_argument("--pods", type=int, default=3, help="on each node")
    command.add_argument("--bird", default="1.6.8", metavar="1.6.8|2.0.12|none")
    command.add_argument("--families", type=_words, default=FAMILIES, metavar="ipv4,ipv6")
    command.add_argument("--encap", choices=["none", "vxlan"], default="none")
    command.add_argument("--addresses", type=_octets, default=(), metavar="9,10,100", help="last octets of the nodes' addresses")
    command.add_argument("--no-endpoint-status", action="store_true", help="as Calico before 3.30")
    command.add_argument("--hold-time", type=int, metavar="SECONDS")
    command.add_argument("--graceful-restart-wait", type=int, metavar="SECONDS")
    command.add_argument("--dead-peer", type=_dead_peer, action="append", default=[], metavar="KIND[=ADDRESS]",
                         help=f"a peer that every node has and that never comes up: {', '.join(DEAD_KINDS)}")  # fmt: skip
    command.add_argument("--agent", metavar="PATH", help="start this caliwatch on each node")


def _words(text):
    return tuple(text.split(","))


def _octets(text):
    return tuple(int(word) for word in text.split(","))


def _dead_peer(text):
    kind, _, address = text.partition("=")
    if kind not in DEAD_KINDS:
        raise argparse.ArgumentTypeError(f"{kind!r} is none of {', '.join(DEAD_KINDS)}")
    return Peer(address or addressing.host_address("ipv4", DEAD_PEER_OCTETS[kind]), dead=kind)


def lab_options(arguments):
    """The parsed command line as keyword arguments of Lab."""
    return {
        "nodes": arguments.nodes,
        "pods": arguments.pods,
        "bird": arguments.bird,
        "families": arguments.families,
        "encap": arguments.encap,
        "octets": arguments.addresses,
        "endpoint_status": not arguments.no_endpoint_status,
        "hold_time": arguments.hold_time,
        "graceful_restart_wait": arguments.graceful_restart_wait,
        "peers": arguments.dead_peer,
        "agent": arguments.agent and os.path.abspath(arguments.agent),
    }


def _up(arguments):
    lab = Lab(arguments.name or "lab", say=_say, **lab_options(arguments))
    try:
        lab.start(wait=False)
        _say("waiting for BGP")
        lab.wait_for_bgp()
        _say("ready. In a second terminal: lab status, lab exec node1 -- birdc show protocols. Ctrl-C ends it")
        lab.wait()
    finally:
        lab.close()


def _status(arguments):
    for node in client(arguments).status():
        print(node)


def _down(arguments):
    client(arguments).down()


def _exec(arguments):
    argv = arguments.argv[1:] if arguments.argv[:1] == ["--"] else arguments.argv
    if not argv:
        raise LabError("say what to run: lab exec node1 -- birdc show protocols")
    return client(arguments).node(arguments.where).run_here(argv)


def client(arguments):
    """Of the lab named on the command line, or of the only one that runs."""
    names = [arguments.name] if arguments.name else running_labs()
    if len(names) != 1:
        raise LabError("no lab runs; start one with `lab up`" if not names else f"choose with --name: {', '.join(names)}")
    return Client(names[0])


def _say(line):
    print(f"• {line}", flush=True)
