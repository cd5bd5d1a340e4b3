# SPDX-License-Identifier: Apache-2.0
"""Panels of type heatmap, of a histogram's buckets."""

from matplotlib import colormaps

from pictures import fields, time_axis
from pictures.canvas import PANEL
from pictures.frames import buckets_of
from pictures.graph import SIDE

_EDGE, _BOTTOM, _TOP = 14, 20, 6


def draw(canvas, box, panel, answers, view):
    buckets = buckets_of(panel, answers)
    area = box.inside(SIDE, _TOP, _EDGE, _BOTTOM)
    axes = canvas.plot(area)
    time_axis.draw(axes, view, area.width)
    options = panel["options"]
    unit = options["yAxis"]["unit"]
    axes.set_ylim(0, len(buckets))
    axes.set_yticks([row + 0.5 for row in range(len(buckets))], [_upper_bound(series, unit) for series in buckets])
    most = max(value for series in buckets for _, value in series.points) or 1
    color = colormaps[options["color"]["scheme"]].reversed()
    for row, series in enumerate(buckets):
        cells = [(at, value) for at, value in series.points if value > options["filterValues"]["le"]]
        shades = [color(0.1 + 0.8 * (value / most) ** options["color"]["exponent"]) for _, value in cells]
        axes.bar([at for at, _ in cells], 1, view.step(panel), row, color=shades, edgecolor=PANEL, linewidth=0.3)


def _upper_bound(series, unit):
    bound = float(series.labels["le"])
    return "+Inf" if bound == float("inf") else fields.number(bound, unit)
