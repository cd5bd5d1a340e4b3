# SPDX-License-Identifier: Apache-2.0
"""docs/reliability.md, made of what the tests try: faults of the lab, outages, healthy labs and healthy recordings.
Run as a program, it writes the page anew."""

import sys
import types

from calicolab import addressing, faults
from calicolab.options import Options
from detection.fault_findings import FAULTS, NOT_JUDGED
from detection.fault_scene import IPIP, LABS, Scene
from detection.remedies_table import BY_A_TEST_OF_ITS_OWN, CARRIED_OUT, NOT_HERE
from harness.tools import ROOT
from outages.played import OUTAGES
from quiet import quiet_changes, quiet_labs
from quiet.healthy_recordings_test import healthy

PAGE = ROOT / "docs/reliability.md"

_HEAD = """\
# What was tried, and what caliwatch said of it
For whoever asks whether it can be relied on. `make docs` makes this page of what the tests do: there is no line here
without a test, and no fault of the lab without a line. Each is real: a kernel's tables, BIRD's own daemons, Felix and
the CNI plugin played by what was read and seen of them, an agent on each node of a [lab](../test/lab/README.md) that
polls every second.

**Right** means: what is named here is found on the nodes that have it, within eight seconds unless the check waits
longer; nothing else is found anywhere; what follows from it is listed below it and is no alarm of its own; `caliwatch
check`, recordings and recordings without names say the same; and four seconds after the fault is healed nothing is
found any more. The build fails otherwise.
"""

_FAULTS = """
## Faults, each alone
Up to three at once, chosen at random, fifty faults in a row, are tried as well
(`test/system/detection/random_faults_long_test.py`). Labs: {labs}.

| fault | what is done | labs | found as | listed below it |
|---|---|---|---|---|
"""

_REMEDIES = """
## What ends it
What a finding says to type, typed as printed by a shell on the node, and the finding gone within 20 seconds
(`test/system/detection/remedies_test.py`, `workload_remedies_test.py`); of the other checks, why no test types it.

| check | tried on |
|---|---|
"""

_OUTAGES = """
## Outages, from the fault to the pager
With the shipped alerts and a webhook: found within three polls of when `ip`, `ss` or `birdc` show it, one alert, no
other beside it.

| outage | what happens |
|---|---|
"""

_HEALTHY = """
## Healthy clusters: nothing above information at any poll of any node
25 to 40 seconds each in `make test`, ten minutes each in `make test-long`. While BIRD, Felix or a peer really is
away, that alone may be said.

| cluster | what goes on there |
|---|---|
"""

_RECORDINGS = """
## Healthy recordings: nothing above information
What is so in each of them, the pages beside them say: [real Calico](../test/recordings/calico/README.md), [states
that look like faults](../test/recordings/healthy/README.md), [the lab](../test/recordings/nodes/README.md).

{names}.
"""

_BLIND = """
## What an unprivileged program cannot see
Rules of iptables and nftables, conntrack, IP sets, WireGuard's keys and handshakes, IPAM's records, the state of
routers outside the cluster. Of these it sees what they do to sessions, routes, neighbors and counters, and says that.
"""


def scene_of(kind):
    """A Scene of a healthy lab that nobody started."""
    options = Options(nodes=4, pods=3, **LABS[kind])
    rows = [_row(f"node{number}", octet, options) for number, octet in enumerate(options.octets, 1)]
    return Scene(types.SimpleNamespace(options=options, status=lambda: {"nodes": rows}))


def _row(name, octet, options):
    def pod(index):
        addresses = {family: addressing.pod_address(family, octet, index) for family in options.families}
        pod_name = f"default/{name}-pod{index}"
        return {"name": pod_name, "interface": addressing.veth_name(pod_name), **addresses}

    addresses = {family: addressing.host_address(family, octet) for family in options.families}
    return {"name": name, "addresses": addresses, "pods": [pod(index) for index in range(1, options.pods + 1)]}


def found(rule):
    """(checks whose findings there must be, checks of what is listed below), of all labs that it is tried on."""
    must, effects = set(), set()
    for kind in rule.labs:
        scene = scene_of(kind)
        expected = rule.expect(scene, *rule.places(scene)[0])
        must |= {check for _, check, _ in expected.must}
        effects |= {check for _, check, _ in expected.effects}
    return must, effects - must


def _codes(names):
    return ", ".join(f"`{name}`" for name in sorted(names))


def _fault_rows():
    """Every fault of the lab; KeyError for one of which nobody says what must be found, or why nothing."""
    for name, described in faults.describe().items():
        if name in FAULTS:
            must, effects = found(FAULTS[name])
            labs, told_as, below = (
                _codes(FAULTS[name].labs),
                _codes(must) or "nothing: it is soon over",
                _codes(effects),
            )
        else:
            labs, told_as, below = "", f"not judged: {NOT_JUDGED[name]}", ""
        yield f"| `{name}` | {described['text']} | {labs} | {told_as} | {below} |"


def _remedy_rows():
    rows = {check: f"`{fault}`" for check, fault in CARRIED_OUT.items()}
    rows |= {
        check: f"{test.removeprefix('test_of_').replace('_', ' ')}" for check, test in BY_A_TEST_OF_ITS_OWN.items()
    }
    rows |= {check: f"not tried: {reason}" for check, reason in NOT_HERE.items()}
    for check in sorted(rows):
        yield f"| `{check}` | {rows[check]} |"


def _told_lab(kind):
    options = ", ".join(f"{key} {_plain(value)}" for key, value in LABS[kind].items() if key != "hold_time")
    return f"`{kind}` ({options}{', where the kernel has IPIP' if kind in IPIP else ''})"


def _plain(value):
    return " and ".join(value) if isinstance(value, tuple) else value


def _kind_rows():
    kinds = {"a_crowd": quiet_labs.crowd(250), **quiet_labs.KINDS, **quiet_changes.KINDS, **quiet_changes.IPIP_KINDS}
    for name, kind in kinds.items():
        yield f"| {name.replace('_', ' ')} | {kind.text} |"


def text():
    sections = [
        _HEAD,
        _FAULTS.format(labs=", ".join(map(_told_lab, LABS))),
        *(f"{row}\n" for row in _fault_rows()),
        _REMEDIES,
        *(f"{row}\n" for row in _remedy_rows()),
        _OUTAGES,
        *(f"| {name} | {' '.join(outage.__doc__.split())} |\n" for name, outage in OUTAGES.items()),
        _HEALTHY,
        *(f"{row}\n" for row in _kind_rows()),
        _RECORDINGS.format(names=_codes(healthy())),
        _BLIND,
    ]
    return "".join(sections)


if __name__ == "__main__":
    PAGE.write_text(text())
    sys.exit(0)
