# SPDX-License-Identifier: Apache-2.0
"""When a lab is fit to be asked."""

from calicolab.metrics import samples, scrape
from calicolab.waiting import eventually


def ready(lab):
    """Waits until every agent has metrics of a first poll."""
    for row in (row for row in lab.status()["nodes"] if row["agent"]):
        if not eventually(lambda name=row["name"]: answers(lab, name)):
            raise AssertionError(f"the agent of {row['name']} serves no metrics")


def answers(lab, node):
    try:
        return bool(samples(scrape(lab, node), "caliwatch_polls_total"))
    except OSError:
        return False
