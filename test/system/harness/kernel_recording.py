# SPDX-License-Identifier: Apache-2.0
"""Recordings of nodes of a cluster that is data: a real kernel is given what the node should have, in a network
namespace, and `caliwatch record` writes it down. What Calico writes to files is written here."""

import concurrent.futures
import ipaddress
import json
import os
import re
import shutil
import subprocess
import tempfile
import urllib.parse
from datetime import UTC, datetime
from pathlib import Path

from harness.program import CALIWATCH, NAMESPACE


class KernelRecordings:
    """Makes each node that is asked for once, and a copy for each later look at the same. Ends with close(), which
    tests add as a cleanup."""

    def __init__(self):
        self._folder = tempfile.mkdtemp(prefix="caliwatch-kernels-")
        self._made = {}  # {what it shows: folder}

    def write(self, folder, nodes, at):
        """A recording of each node below `folder`. nodes: {name: (kernel, blocks)}, kernel as CalicoCluster has it, the
        older interface first. at: when they are to have been looked at, in seconds since the epoch: of the recordings
        that alone is changed."""
        wanted = {name: repr((name, [*kernel.items()], blocks)) for name, (kernel, blocks) in nodes.items()}
        missing = [name for name, shown in wanted.items() if shown not in self._made]
        made = [os.path.join(self._folder, str(len(self._made) + number)) for number in range(len(missing))]
        with concurrent.futures.ThreadPoolExecutor() as several:  # a recording waits five seconds for its second look
            list(several.map(lambda name, where: _record(where, name, *nodes[name]), missing, made))
        self._made.update((wanted[name], where) for name, where in zip(missing, made))
        for name, shown in wanted.items():
            shutil.copytree(self._made[shown], os.path.join(folder, name))
            for about in Path(folder, name).glob("**/recording.txt"):
                about.write_text(re.sub(r"(?m)^taken: .*$", f"taken: {_text(at)}", about.read_text()))

    def close(self):
        shutil.rmtree(self._folder)


def _text(at):
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="microseconds")


def _record(folder, node, kernel, blocks):
    with tempfile.TemporaryDirectory() as files:
        _write_calicos_files(files, node, kernel)
        Path(files, "commands").write_text("\n".join(_commands(kernel, blocks)) + "\n")
        where = ["--calico.run-dir", f"{files}/run", "--calico.lib-dir", f"{files}/lib", "--felix.health-address="]
        script = f'ip -batch "{files}/commands" && exec "$0" "$@"'
        command = [*NAMESPACE, "sh", "-ec", script, CALIWATCH, "record", *where, folder]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    if done.returncode != 0:
        raise AssertionError(f"{node} could not be recorded: {done.stdout}{done.stderr}")


def _commands(kernel, blocks):
    yield "link set lo up"
    for number, ((address, interface), _) in enumerate(kernel.items()):
        yield f"link add {interface} address ee:ee:ee:ee:ee:ee type veth peer name pod{number}"
        yield f"link set pod{number} up"
        yield f"link set {interface} up"
        yield f"route replace {address}/32 dev {interface} scope link"
    for block in blocks:
        yield f"route add blackhole {block} proto bird"


def _write_calicos_files(folder, node, kernel):
    status = os.path.join(folder, "run", "endpoint-status")
    os.makedirs(status)
    os.makedirs(os.path.join(folder, "lib"))
    Path(folder, "lib", "nodename").write_text(node)
    for (address, interface), pod in kernel.items():
        said = {"ifaceName": interface, "ipv4Nets": [str(ipaddress.ip_network(address))]}
        name = f"k8s {urllib.parse.quote(pod, safe='')} eth0"
        Path(status, name).write_text(json.dumps(said, separators=(",", ":")))
