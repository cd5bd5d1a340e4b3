# SPDX-License-Identifier: Apache-2.0
"""Finds the BIRD binaries. Debian's two versions cannot be installed side by side, so each is unpacked into a
folder."""

from __future__ import annotations

import dataclasses
import os
import shutil
import subprocess

from calicolab.errors import LabError

_ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", ".."))


@dataclasses.dataclass
class BirdTools:
    version: str
    daemon: dict  # family -> path; 1.x has a daemon of its own for IPv6
    client: dict

    @property
    def major(self):
        return int(self.version.split(".")[0])


def tools_folder():
    return os.environ.get("CALIWATCH_TOOLS") or os.path.join(_ROOT, "build", "tools")


def find_bird(version):
    """Returns the BirdTools of this version from the tools folder, else from PATH."""
    major = version.split(".")[0]
    folder = os.path.join(tools_folder(), "bird" if major == "1" else "bird2")
    unpacked = os.path.join(folder, "usr", "sbin")
    search = os.pathsep.join([unpacked, os.environ.get("PATH", ""), "/usr/sbin"])
    names = {"ipv4": "bird", "ipv6": "bird6" if major == "1" else "bird"}
    clients = {"ipv4": "birdc", "ipv6": "birdc6" if major == "1" else "birdc"}
    tools = BirdTools(
        version,
        {family: shutil.which(name, path=search) for family, name in names.items()},
        {family: shutil.which(name, path=search) for family, name in clients.items()},
    )
    if None in [*tools.daemon.values(), *tools.client.values()] or _version_of(tools) != version:
        raise LabError(f"BIRD {version} is neither in {unpacked} nor in PATH: run `make deps`")
    return tools


def _version_of(tools):
    argv = [tools.daemon["ipv4"], "--version"]
    done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.stdout.strip().rpartition(" ")[2]
