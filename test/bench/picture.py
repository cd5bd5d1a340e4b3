# SPDX-License-Identifier: Apache-2.0
"""The picture of docs/benchmarks.md."""

import matplotlib
from matplotlib import pyplot

from bench import bounds
from bench.bounds import AGENT, EVERY_SECOND, FLOOR

matplotlib.use("svg")
matplotlib.rcParams["svg.hashsalt"] = "caliwatch"  # the same figures make the same file

_DUMP = "the kernel's own dump"
_COLORS = {_DUMP: "#9aa0a6", AGENT: "#1a73e8"}
_OTHERS = "#e8a33d"


def draw(results, path):
    inches = (3.2 * len(results) + 1.6, 3.2)
    figure, panels = pyplot.subplots(1, len(results), figsize=inches, sharey=True, squeeze=False)
    for panel, one in zip(panels[0], results):
        bars = _bars(one)
        names, values = list(bars), list(bars.values())
        panel.barh(names, values, color=[_COLORS.get(name, _OTHERS) for name in names])
        for name, value in bars.items():
            panel.text(value, name, f" {value:.3g}", va="center", fontsize=8)
        panel.set_xscale("log")
        panel.set_xlim(min(values) / 2, max(values) * 5)
        panel.set_title(f"{one['size']}: {one['routes']:,} routes", fontsize=10)
        panel.set_xlabel("ms of CPU, logarithmic", fontsize=8)
        panel.tick_params(labelsize=8)
        panel.spines[["top", "right"]].set_visible(False)
    panels[0][0].invert_yaxis()
    figure.suptitle("CPU of a poll and a scrape, healthy", fontsize=11)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})


def _bars(one):
    """{what it says: milliseconds}"""
    names = {_DUMP: FLOOR, AGENT: AGENT}
    names |= {newest: newest for name in ("node_exporter", "bird_exporter") if (newest := bounds.newest(one, name))}
    return {said: bounds.median(one, EVERY_SECOND, "healthy", name) for said, name in names.items()}
