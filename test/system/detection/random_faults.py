# SPDX-License-Identifier: Apache-2.0
"""Random faults, up to three at once, on random labs: what the agents found of what there was, and what of it was
true."""

import concurrent.futures
import dataclasses
import os
import random

from calicolab import Lab
from calicolab.waiting import eventually
from detection.fault_findings import FAULTS, applying
from detection.fault_scene import ALL, LABS, Scene
from harness.program import CALIWATCH
from harness.waiting import ready
from harness.watch import AGENT_ARGS, Watch, await_healed, told

AT_ONCE = 3
GONE_WITHIN = 4  # seconds: three polls, and a look at what the last of them found


@dataclasses.dataclass
class Round:
    """One lab and what happened there. Findings are (node, check, subject)."""

    lab: dict
    faults: list = dataclasses.field(default_factory=list)
    must: set = dataclasses.field(default_factory=set)
    missing: set = dataclasses.field(default_factory=set)
    reported: set = dataclasses.field(default_factory=set)
    untrue: set = dataclasses.field(default_factory=set)
    left: set = dataclasses.field(default_factory=set)

    def __str__(self):
        lines = [f"{self.lab}: {'; '.join(self.faults)}"]
        for name in ("missing", "untrue", "left"):
            lines += [f"    {name}: {finding}" for finding in sorted(getattr(self, name))]
        return "\n".join(lines)


def seed_or(default):
    """What CALIWATCH_SEED says."""
    return int(os.environ.get("CALIWATCH_SEED", default))


def choose(chance, kind, count, scene):
    """[(fault, arguments, Expected)] of which none takes what another one has."""
    chosen, taken = [], set()
    names = [name for name in applying(kind) if not FAULTS[name].alone]
    for name in chance.sample(names, len(names)):
        places = FAULTS[name].places(scene)
        if not places or len(chosen) == count:
            continue
        place = chance.choice(places)
        expected = FAULTS[name].expect(scene, *place)
        if not expected.takes & taken:
            chosen.append((name, place, expected))
            taken |= expected.takes
    return chosen


def play(seed, kind, count):
    chance = random.Random(seed)
    families = chance.choice((("ipv4", "ipv6"), ("ipv4", "ipv6"), ("ipv4",)))
    options = {"nodes": chance.randint(2, 4), "pods": chance.randint(2, 3), "families": families}
    result = Round({"kind": kind, **options})
    with Lab(agent=CALIWATCH, agent_args=AGENT_ARGS, **{**options, **LABS[kind]}) as lab:
        ready(lab)
        watch = Watch(lab)
        try:
            watch.rest(polls=2)
            eventually(lambda: not watch.now)
            scene = Scene(lab)
            cause_and_heal(lab, scene, watch, choose(chance, kind, count, scene), result)
        finally:
            watch.close()
    return result


def cause_and_heal(lab, scene, watch, chosen, result):
    watch.forget()
    for name, place, _ in chosen:
        result.faults.append(" ".join((name, *place)))
        lab.fault(name, *place)
    result.must = {finding for _, _, expected in chosen for finding in expected.must}
    eventually(lambda: result.must <= watch.seen, max(expected.within for _, _, expected in chosen))
    watch.rest(polls=2)
    follows = watch.now & {finding for _, _, expected in chosen for finding in expected.follows()}
    explained = {
        finding for node in sorted({node for node, _, _ in result.must - watch.seen}) for finding in told(lab, node)[1]
    }
    lab.heal()
    await_healed(lab, scene)
    eventually(lambda: not watch.now, GONE_WITHIN)
    result.left = set(watch.now)
    result.missing = result.must - watch.seen - explained
    result.reported = set(watch.seen)
    result.untrue = follows | watch.seen.difference(*(expected.allowed() for _, _, expected in chosen))


def rounds(seed, faults, workers):
    """Each on a lab of its own, several side by side."""
    chance = random.Random(seed)
    plans = []
    while faults > 0:
        count = min(faults, chance.randint(1, AT_ONCE))
        plans.append((chance.random(), chance.choice(sorted(ALL)), count))
        faults -= count
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        return list(pool.map(play, *zip(*plans)))


def score(test, seed, faults, workers):
    """Prints precision and recall; both must be 1."""
    print(f"\nCALIWATCH_SEED={seed}", flush=True)
    played = rounds(seed, faults, workers)
    for one in played:
        print(one)
    caused, must, reported, missing, untrue = (
        sum(len(getattr(one, name)) for one in played) for name in ("faults", "must", "reported", "missing", "untrue")
    )
    print(
        f"{caused} faults on {len(played)} labs; {must} findings to be found, {missing} missing; "
        f"{reported} reported, {untrue} untrue"
    )
    recall, precision = 1 - missing / must, 1 - untrue / max(1, reported)
    print(f"precision {precision:.3f}, recall {recall:.3f}", flush=True)
    test.assertEqual(caused, faults)
    test.assertEqual((precision, recall), (1, 1))
    test.assertEqual([one.left for one in played if one.left], [], "is found though all is healed")
