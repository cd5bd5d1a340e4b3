# SPDX-License-Identifier: Apache-2.0
"""`caliwatch path` against what happens to packets: pairs of ends over faults of the lab, asked at the node of either
end. Where an echo request is answered, no hop is wrong; where it is not, one is, at a place behind which no kernel
saw the packet any more."""

import concurrent.futures
import dataclasses
import json
import tempfile

from calicolab import Lab
from calicolab.waiting import eventually
from detection.fault_scene import LABS, Scene
from detection.path_witness import LOST_AT_FIRST, LOST_BEHIND, Witness, settled
from harness.program import CALIWATCH, built, caliwatch
from harness.waiting import ready
from harness.watch import AGENT_ARGS

NODES = ("node1", "node2")


@dataclasses.dataclass(frozen=True)
class End:
    node: str
    pod: int = 0  # its number; 0: the node itself

    def name(self, scene):
        return scene.pod(self.node, self.pod)["name"] if self.pod else self.node

    def address(self, scene, family):
        if self.pod:
            return scene.pod(self.node, self.pod)[family]
        return scene.addresses(self.node)[scene.families.index(family)]


P1, P2, Q1, N1, N2 = End("node1", 1), End("node1", 2), End("node2", 1), End("node1"), End("node2")
PAIRS = [(P1, Q1), (Q1, P1), (P1, P2), (P2, Q1), (N1, P1), (P1, N2), (N1, N2)]

# Of labs with tunnels: who is never answered. A pod's packets to another node's own address go past the tunnel with the
# pod's address, which rp_filter takes for forged; with Calico the IP pool's natOutgoing sees to that, as a rule.
PAST_TUNNEL = {((P1, N2), "ipv4")}

# Where packets are lost, and a node cannot tell that they are meant to reach a pod: then the answer may be unknown.
UNKNOWN = dict.fromkeys(
    ("tunnel-down", "tunnel-missing", "tunnel-without-address"),
    "the kernel has forgotten all that led through the tunnel: which addresses are pods'",
)


class Asked:
    """What `caliwatch path` says at both nodes, by recordings that were made there at one time."""

    def __init__(self, lab, folder):
        self._folder = folder
        running = [lab.node(node).start(["caliwatch", "record", "--check.pods", f"{folder}/{node}"]) for node in NODES]
        for record in running:
            with record:
                assert record.wait(60) == 0, record.err

    def at(self, node, source, destination):
        """The path of one family; None: that node knows neither end."""
        done = caliwatch("path", source, destination, "--replay", f"{self._folder}/{node}", "--output", "json")
        if "neither" in done.stderr:
            return None
        return json.loads(done.stdout)["paths"][0]


class Paths:
    maxDiff = None
    kind = None
    never = frozenset()  # who is not answered while all is well, either

    @classmethod
    def setUpClass(cls):
        built()
        cls.lab = cls.enterClassContext(Lab(nodes=3, pods=2, agent=CALIWATCH, agent_args=AGENT_ARGS, **LABS[cls.kind]))
        ready(cls.lab)
        cls.scene = Scene(cls.lab)
        cls.witness = Witness(cls.lab, NODES)

    def truths(self):
        """{(pair, family): whether it was answered}"""
        asked = [(pair, family) for pair in PAIRS for family in self.scene.families]

        def answered(pair, family):
            return self.witness.answered(pair[0].name(self.scene), pair[1].address(self.scene, family))

        with concurrent.futures.ThreadPoolExecutor(len(asked)) as pool:
            return dict(zip(asked, pool.map(lambda each: answered(*each), asked)))

    def never_names(self):
        """Of those who are lost while all is well: what a fault adds to that, no packet shows."""
        return {self.what(*key) for key in self.never}

    def what(self, pair, family):
        return f"{pair[0].name(self.scene)} to {pair[1].name(self.scene)}, {family}"

    def all_well(self):
        return {key for key, reached in self.truths().items() if not reached} == set(self.never)

    def compare(self, may_be_unknown=False):
        """[(what, said, happened)] of pairs of which the answer is not what happened."""
        before = settled(self.truths)
        with tempfile.TemporaryDirectory(prefix="caliwatch-path-") as folder:
            asked = Asked(self.lab, folder)
            self.witness.forget()
            after = self.truths()
            # What comes and goes, no single look can say.
            steady = {key: reached for key, reached in after.items() if before[key] == reached}
            self.assertGreaterEqual(len(steady), len(PAIRS))
            wrong = [self.disagreement(asked, *key, reached, may_be_unknown) for key, reached in steady.items()]
        return [each for each in wrong if each]

    def disagreement(self, asked, pair, family, reached, may_be_unknown):
        source, destination = (end.address(self.scene, family) for end in pair)
        told = {node: path for node in NODES if (path := asked.at(node, source, destination))}
        what = self.what(pair, family)
        said = {node: path["answer"] for node, path in told.items()}
        wrong = {node: path for node, path in told.items() if path["verdict"] == "wrong"}
        if reached:
            return (what, said, "it was answered") if wrong else None
        if not wrong:
            is_unknown = any(path["verdict"] == "unknown" for path in told.values())
            may_be_unknown |= (pair, family) in self.never
            return None if may_be_unknown and is_unknown else (what, said, "it was not answered")
        if not pair[0].pod or (pair, family) in self.never:
            return None
        nodes = list(dict.fromkeys(end.node for end in pair))
        last = self.witness.last_seen(source, destination, nodes)
        return None if any(at_place(path, node, last, nodes) for node, path in wrong.items()) else (what, said, last)


def at_place(path, node, last, nodes):
    """Whether the node's answer is where the packet was lost: behind the hook that saw it last."""
    way, hop = path["answer_hop"]["way"], path[path["answer_hop"]["way"]][path["answer_hop"]["index"]]["hop"]
    if last is None:
        return node == nodes[0] and way == "there" and hop in LOST_AT_FIRST
    lost_way, lost_at, hook = last
    if (way, node) == (lost_way, lost_at) and hop in LOST_BEHIND[hook]:
        return True
    if (lost_way, lost_at, way, node) != ("there", nodes[-1], "back", nodes[-1]):
        return False
    # The other end did not get it, or did not answer to it: the way back begins there. Or the kernel did not take it
    # (rp_filter), since the way back leads elsewhere.
    return hop in {"postrouting": LOST_AT_FIRST, "prerouting": {"rules", "route"}}.get(hook, set())


def of_fault(fault, arguments):
    def test(self):
        self.assertTrue(eventually(self.all_well, timeout=60), "the lab is not well at first")
        self.lab.fault(fault, *arguments)
        try:
            wrong = [each for each in self.compare(fault in UNKNOWN) if each[0] not in self.never_names()]
        finally:
            self.lab.heal()
        self.assertEqual(wrong, [])

    return test


def healthy(self):
    self.assertTrue(eventually(self.all_well, timeout=60))
    self.assertEqual(self.compare(), [])
    # And live, without a recording.
    source, destination = P1.name(self.scene), Q1.address(self.scene, self.scene.families[0])
    done = self.lab.node("node1").run(["caliwatch", "path", "--check.pods", source, destination], check=False)
    self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
    self.assertIn("Nothing on it is wrong", done.stdout)


def tests_of(kind, faults, never=()):
    """The attributes of a test case: one test for a healthy lab of that kind, and one for each fault."""
    tests = {f"test_{fault.replace('-', '_')}": of_fault(fault, arguments) for fault, arguments in faults}
    return {"kind": kind, "never": never, "test_a_healthy_lab": healthy, **tests}
