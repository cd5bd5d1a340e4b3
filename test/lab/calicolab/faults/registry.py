# SPDX-License-Identifier: Apache-2.0
"""What can be broken, and what is broken now.

One function is one fault: it breaks, yields what to look at, and heals after the yield. One that needs no healing just
returns what to look at. The first line of its docstring is what `lab faults` shows, its parameters are what
`lab fault NAME ...` takes, all as text. `@needs` under `@fault` says what a lab must have for it.
"""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Iterator

from calicolab.errors import LabError
from calicolab.version import Calico

FAULTS = {}

# By what they break, in the order of the demo's menu: a title, and the modules whose faults stand under it.
GROUPS = {
    "Pods": ("workloads", "pods", "programming"),
    "Routes": ("routes",),
    "Tunnels between nodes": ("tunnels", "vxlan"),
    "BIRD and its sessions": ("bgp", "peers", "sessions"),
    "Felix": ("felix",),
    "The node's own network": ("host", "node"),
}

# What `@needs` may name: whether a lab of these options has it.
_HAS = {
    "bird": lambda lab: lab.bird != "none",
    "bird1": lambda lab: lab.bird.startswith("1."),
    "tunnel": lambda lab: lab.encap != "none",
    "vxlan": lambda lab: lab.encap == "vxlan",
    "felix-ipip": lambda lab: lab.encap == "ipip" and Calico(lab.calico).felix_leads_ipip,
    "ipv4": lambda lab: "ipv4" in lab.families,
    "ipv6": lambda lab: "ipv6" in lab.families,
    "files": lambda lab: lab.writes_status and Calico(lab.calico).writes_json,  # of endpoint-status, with text in them
    "pod": lambda lab: lab.pods >= 1,
    "pods": lambda lab: lab.pods >= 2,
    "others": lambda lab: lab.nodes >= 2,
    "third": lambda lab: lab.nodes >= 3,
}


def fault(function):
    FAULTS[function.__name__.replace("_", "-")] = function
    return function


def needs(*words):
    """Without these, the fault itself refuses with a LabError, and is not offered."""

    def mark(function):
        function.needs = [_HAS[word] for word in words]
        return function

    return mark


def possible(name, options):
    """Whether a lab of these options can have the fault where it is called without arguments."""
    function = FAULTS[name]
    named = [int(number) for number in re.findall(r"=node(\d+)\b", usage(name))]
    return max(named, default=0) <= options.nodes and all(has(options) for has in getattr(function, "needs", []))


def grouped(options):
    """{title: [names]} of what such a lab can have, as GROUPS orders them."""
    found = {}
    for title, modules in GROUPS.items():
        order = {f"calicolab.faults.{module}": place for place, module in enumerate(modules)}
        names = [name for name, made in FAULTS.items() if made.__module__ in order and possible(name, options)]
        if names:
            found[title] = sorted(names, key=lambda name: order[FAULTS[name].__module__])
    return found


@dataclasses.dataclass
class Fault:
    """One that is in force."""

    name: str
    arguments: list
    healing: Iterator


def start(cluster, name, arguments):
    """Breaks it; returns what to look at."""
    if name not in FAULTS:
        raise LabError(f"there is no fault {name!r}; there are: {', '.join(FAULTS)}")
    if any(active.name == name and active.arguments == arguments for active in cluster.faults):
        raise LabError(f"{name} {' '.join(arguments)} is in force already")
    try:
        inspect.signature(FAULTS[name]).bind(cluster, *arguments)
    except TypeError:
        raise LabError(f"usage: fault {name} {usage(name)}") from None
    broken = FAULTS[name](cluster, *arguments)
    if isinstance(broken, str):
        return broken
    advice = next(broken)
    cluster.faults.append(Fault(name, arguments, broken))
    return advice


def heal(cluster, name=None):
    """Heals the faults of this name, or all, the latest first; returns their names."""
    chosen = [active for active in reversed(cluster.faults) if name in (None, active.name)]
    if name and not chosen:
        raise LabError(f"{name} is not in force; in force: {', '.join(f.name for f in cluster.faults) or 'nothing'}")
    for active in chosen:
        cluster.faults.remove(active)
        next(active.healing, None)
    return [" ".join([active.name, *active.arguments]) for active in chosen]


def usage(name):
    """The parameters with their defaults: `[node2] [node1]`."""
    parameters = list(inspect.signature(FAULTS[name]).parameters.values())[1:]
    return " ".join(f"[{p.name}={p.default}]" if p.default is not p.empty else p.name.upper() for p in parameters)


def describe():
    return {name: {"usage": usage(name), "text": function.__doc__.splitlines()[0]} for name, function in FAULTS.items()}
