#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A healthy cluster has no findings while its pods come and go. CALIWATCH_CHURN_SECONDS: for how long (30)."""

import os
import time
import unittest

from agents import CALIWATCH, by, ready, samples, scrape
from witness import eventually, run_tests

from calicolab import Lab

SECONDS = float(os.environ.get("CALIWATCH_CHURN_SECONDS", "30"))


def findings(lab, node):
    return [(node, row) for row in samples(scrape(lab, node), "caliwatch_check_findings") if row.value]


class AHealthyLab(unittest.TestCase):
    def test_has_no_findings_while_a_pod_is_added_and_one_deleted_every_second(self):
        with Lab(nodes=3, pods=3, agent=CALIWATCH, agent_args=("--poll.interval=1s",)) as lab:
            ready(lab)
            names = [row["name"] for row in lab.status()["nodes"]]
            self.assertTrue(all(eventually(lambda name=name: not findings(lab, name)) for name in names))  # BIRDs just started
            end, alive, churned = time.monotonic() + SECONDS, [], 0
            while time.monotonic() < end:
                started = time.monotonic()
                node = names[churned % len(names)]
                alive.append((node, lab.add_pod(node)["name"]))
                if len(alive) > 2 * len(names):
                    lab.delete_pod(*alive.pop(0))
                churned += 1
                for name in names:
                    text = scrape(lab, name)
                    self.assertEqual(findings(lab, name), [])
                    self.assertEqual(set(by(text, "caliwatch_check_judged", "check").values()), {1}, name)
                    self.assertEqual(set(by(text, "caliwatch_source_up", "source").values()), {1}, name)
                time.sleep(max(0, started + 1 - time.monotonic()))
            self.assertGreater(churned, SECONDS / 3)
            self.assertGreater(samples(scrape(lab, names[0]), "caliwatch_polls_total")[0].value, SECONDS / 3)


if __name__ == "__main__":
    run_tests()
