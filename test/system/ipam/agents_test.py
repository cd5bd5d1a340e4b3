#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the agents of a lab serve at /api/v1/workloads is what `ip` says on their nodes."""

import json
import unittest
import urllib.request

from calicolab import Lab
from calicolab.waiting import eventually
from harness.main import run_tests
from harness.program import CALIWATCH
from harness.tools import ROOT
from harness.waiting import ready

NODES = ("node1", "node2")


class Workloads(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.lab = Lab(nodes=2, pods=3, agent=CALIWATCH, agent_args=("--poll.interval=1s",))
        cls.addClassCleanup(cls.lab.close)
        cls.lab.start()
        ready(cls.lab)

    def served(self, node):
        with urllib.request.urlopen(self.lab.agent_url(node) + "api/v1/workloads", timeout=10) as answer:
            return answer.headers, json.load(answer)

    def document(self, node):
        return self.served(node)[1]

    def ip(self, node, *arguments):
        rows = []
        for family in ("-4", "-6"):
            rows += json.loads(self.lab.node(node).run(["ip", "-json", family, *arguments]).stdout)
        return rows

    def workload_routes(self, node):
        """{(address, interface)}, by ip."""
        return {
            (row["dst"], row["dev"])
            for row in self.ip(node, "route")
            if row.get("dev", "").startswith("cali") and "/" not in row["dst"] and not row["dst"].startswith("fe80")
        }

    def test_each_address_and_interface_is_that_of_a_route(self):
        for node in NODES:
            truth = self.workload_routes(node)
            self.assertGreaterEqual(len(truth), 3, node)

            def routed():
                rows = self.document(node)["workloads"]
                return {(row["address"], row["interface"]) for row in rows if row["has_route"]}

            eventually(lambda: routed() == truth)  # another test may just have healed what it broke
            rows = self.document(node)["workloads"]
            self.assertEqual({(row["address"], row["interface"]) for row in rows if row["has_route"]}, truth, node)
            self.assertEqual({row["address"] for row in rows}, {address for address, _ in truth}, node)
            self.assertTrue(all(row["interface_is_there"] for row in rows))
            self.assertTrue(all(row["pod"] or not row["has_endpoint"] for row in rows))

    def test_the_nodes_blocks_and_own_addresses_are_those_of_ip(self):
        for node in NODES:
            document = self.document(node)
            self.assertEqual(document["node"], node)
            blackholes = {row["dst"] for row in self.ip(node, "route", "show", "type", "blackhole")}
            self.assertEqual(set(document["blocks"]), blackholes, node)
            own = {
                address["local"]
                for link in self.ip(node, "address")
                for address in link["addr_info"]
                if not link["ifname"].startswith("cali") and not address["local"].startswith(("fe80", "169.254."))
            }
            self.assertEqual({row["address"] for row in document["own_addresses"]}, own, node)

    def test_a_route_that_goes_is_told_at_the_next_poll_and_the_document_says_its_age(self):
        address, interface = sorted(row for row in self.workload_routes("node1") if ":" not in row[0])[0]
        node = self.lab.node("node1")
        before = node.run(["ip", "route", "show", address]).stdout.split()
        node.run(["ip", "route", "del", address, "dev", interface])
        self.addCleanup(lambda: node.run(["ip", "route", "replace", *before]))

        def told():
            rows = [row for row in self.document("node1")["workloads"] if row["address"] == address]
            return not any(row["has_route"] for row in rows)

        self.assertTrue(eventually(told, timeout=20))
        headers, document = self.served("node1")
        self.assertLessEqual(int(headers["Age"]), 10)
        self.assertGreater(document["observed_seconds"], 0)

    def test_the_document_is_what_its_schema_says(self):
        schema = json.loads((ROOT / "docs/workloads.schema.json").read_text())
        self.assertEqual(problems(self.document("node1"), schema), [])
        wrong = {**self.document("node1"), "unlisted": -1, "blocks": [5]}
        self.assertEqual(len(problems(wrong, schema)), 2)


TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "number": (int, float),
    "integer": int,
    "boolean": bool,
    "null": type(None),
}


def is_a(value, kind):
    return isinstance(value, TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))


def problems(value, schema, place="$"):
    """What of JSON Schema this one uses: no library of Debian's that the project needs otherwise knows more."""
    if unknown := set(schema) - {
        "$schema",
        "title",
        "description",
        "type",
        "required",
        "properties",
        "items",
        "const",
        "enum",
        "minimum",
        "maxItems",
    }:
        raise AssertionError(f"the schema has {unknown}, which nobody looks at")
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(is_a(value, kind) for kind in kinds):
        return [f"{place} is no {kinds}"]
    found = [place] if "const" in schema and value != schema["const"] else []
    found += [place] if "enum" in schema and value not in schema["enum"] else []
    found += [place] if "minimum" in schema and value < schema["minimum"] else []
    if isinstance(value, dict):
        found += [f"{place}.{key} is missing" for key in schema.get("required", []) if key not in value]
        for key, inner in schema.get("properties", {}).items():
            found += problems(value[key], inner, f"{place}.{key}") if key in value else []
    if isinstance(value, list):
        found += [f"{place} is too long"] if len(value) > schema.get("maxItems", len(value)) else []
        for number, item in enumerate(value):
            found += problems(item, schema.get("items", {}), f"{place}[{number}]")
    return found


if __name__ == "__main__":
    run_tests(CALIWATCH)
