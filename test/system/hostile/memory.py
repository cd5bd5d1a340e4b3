# SPDX-License-Identifier: Apache-2.0
"""How much memory an agent had, as the agents' image has it: that is built without libcurl (CALIWATCH_IPAM_LIVE=OFF),
which `caliwatch ipam` alone uses and which brings thirty libraries."""

import os
import re
import subprocess


def _said(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout


def _loaded_by(file):
    """{name: path} of all that is loaded with it."""
    return dict(re.findall(r"(?m)^\s+(\S+) => (\S+) \(", _said("ldd", file)))


def _brought_by_curl(program):
    """Paths of the libraries that are loaded for libcurl's sake alone."""
    needed = re.findall(r"\(NEEDED\).*\[(.*)\]", _said("readelf", "--dynamic", program))
    everything = _loaded_by(program)
    others = [name for name in needed if not name.startswith("libcurl") and name in everything]
    wanted = {everything[name] for name in others}.union(*(_loaded_by(everything[name]).values() for name in others))
    return {os.path.realpath(path) for path in set(everything.values()) - wanted}


def most_resident(pid, program):
    """Bytes, at the worst moment so far."""
    with open(f"/proc/{pid}/status") as status:
        most = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    aside = _brought_by_curl(program)
    path, resident = None, 0
    with open(f"/proc/{pid}/smaps") as smaps:
        for line in smaps:
            words = line.split()
            if not words[0].endswith(":"):  # a mapping begins, of this file if of any
                path = os.path.realpath(words[5]) if len(words) > 5 else None
            elif words[0] == "Rss:" and path in aside:
                resident += int(words[1])
    return (most - resident) << 10
