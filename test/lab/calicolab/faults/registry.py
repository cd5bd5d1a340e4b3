# SPDX-License-Identifier: Apache-2.0
"""What can be broken, and what is broken now.

One function is one fault: it breaks, yields what to look at, and heals after the yield. One that needs no healing just
returns what to look at. The first line of its docstring is what `lab faults` shows, its parameters are what
`lab fault NAME ...` takes, all as text.
"""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Iterator

from calicolab.errors import LabError

FAULTS = {}


def fault(function):
    FAULTS[function.__name__.replace("_", "-")] = function
    return function


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
