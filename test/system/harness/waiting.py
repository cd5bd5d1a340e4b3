# SPDX-License-Identifier: Apache-2.0
"""What tests of real agents share: where the program is, and its metrics as a scraper reads them."""

import os

from witness import eventually

from calicolab.metrics import by, samples, scrape, scrape_at  # noqa: F401

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CALIWATCH = os.environ.get("CALIWATCH", os.path.join(ROOT, "build/dev/caliwatch"))
TOOLS = os.environ.get("CALIWATCH_TOOLS", os.path.join(ROOT, "build/tools"))


def ready(lab):
    """Waits until every agent has metrics of a first poll."""
    for row in (row for row in lab.status()["nodes"] if row["agent"]):
        eventually(lambda name=row["name"]: answers(lab, name)) or _fail(row["name"])


def answers(lab, node):
    try:
        return bool(samples(scrape(lab, node), "caliwatch_polls_total"))
    except OSError:
        return False


def _fail(node):
    raise AssertionError(f"the agent of {node} serves no metrics")
