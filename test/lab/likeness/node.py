# SPDX-License-Identifier: Apache-2.0
"""A node of a lab, recorded while it runs."""

from __future__ import annotations

import os

from likeness.recording import Recording


def record(lab, node, folder):
    """As `caliwatch record`, and what BIRD says of all its routes, which is in the recordings, too."""
    lab.node(node).run(["caliwatch", "record", folder])
    if os.path.exists(os.path.join(folder, "bird/show_protocols_all.txt")):
        with open(os.path.join(folder, "bird/show_route_all.txt"), "w") as out:
            out.write(lab.node(node).run(["birdc", "show", "route", "all"]).stdout)
    return Recording(folder)
