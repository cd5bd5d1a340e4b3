#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How many series the rules record: the formula of docs/cost.md, by promtool."""

import tempfile
import unittest
from pathlib import Path

from deploy.cluster_series import Cluster
from harness.documents import yaml
from harness.main import run_tests
from harness.tools import ROOT, run, unpacked_tool

FORMULA = "4 × N × F + F + C + 5 × D"
CHECKS = 2  # that a Cluster has
AT = "30m"
RECORDED = 'count({__name__=~".+:caliwatch_.+"})'


class CostTest(unittest.TestCase):
    def holds(self, cluster, expression):
        asked = {"expr": expression, "eval_time": AT, "exp_samples": [{"labels": "{}", "value": 1}]}
        test = {"interval": "30s", "input_series": cluster.input_series(), "promql_expr_test": [asked]}
        text = yaml.safe_dump({
            "rule_files": [str(ROOT / "deploy/prometheus/rules.yaml")], "evaluation_interval": "30s", "tests": [test],
        })  # fmt: skip
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "test.yaml").write_text(text)
            answer = run(unpacked_tool("promtool"), "test", "rules", "test.yaml", cwd=folder)
        self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)

    def test_the_page_has_the_formula(self):
        self.assertIn(FORMULA, (ROOT / "docs/cost.md").read_text())

    def test_while_all_is_well_the_rules_record_so_much_of_a_node_and_nothing_of_a_session(self):
        for nodes in (5, 12):
            for families in (("ipv4",), ("ipv4", "ipv6")):
                wanted = 4 * nodes * len(families) + len(families) + CHECKS
                self.holds(Cluster(nodes, families=families), f"{RECORDED} == bool {wanted}")

    def test_of_each_end_of_a_session_that_is_down_they_record_five_series_at_most(self):
        nodes, down = 12, 20
        cluster = Cluster(nodes)
        for first in range(1, down // 2 + 1):
            cluster.sessions_down(f"node-{first}", 5, peers=[f"node-{first + 1}"])
        self.holds(cluster, f"{RECORDED} <= bool {4 * nodes + 1 + CHECKS + 5 * down}")
        self.holds(cluster, f"{RECORDED} > bool {4 * nodes + 1 + CHECKS + 3 * down}")


if __name__ == "__main__":
    run_tests(lab=False)
