# SPDX-License-Identifier: Apache-2.0
"""Faults one after another, on a lab that is well before each."""

import contextlib

from calicolab import Lab
from calicolab.waiting import eventually
from detection.fault_findings import FAULTS
from detection.fault_outcome import Outcome
from detection.fault_scene import LABS, Scene
from harness.program import CALIWATCH
from harness.waiting import ready
from harness.watch import AGENT_ARGS, Watch


@contextlib.contextmanager
def watched(kind, **options):
    """(lab, its Watch, its Scene), when nothing is found any more."""
    with Lab(agent=CALIWATCH, agent_args=AGENT_ARGS, **LABS[kind], **options) as lab:
        ready(lab)
        with contextlib.closing(Watch(lab)) as watch:
            watch.rest(polls=2)
            eventually(lambda: not watch.now)
            yield lab, watch, Scene(lab)


def cause(lab, scene, watch, fault, arguments):
    """Its Outcome, when it is healed."""
    outcome = Outcome(f"{fault} {' '.join(arguments)}", FAULTS[fault].expect(scene, *arguments), watch)
    lab.fault(fault, *arguments)
    outcome.broken(lab)
    lab.heal()
    outcome.healed(lab, scene)
    return outcome
