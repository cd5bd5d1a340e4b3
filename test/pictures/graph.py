# SPDX-License-Identifier: Apache-2.0
"""Panels of type timeseries."""

import itertools

from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

from pictures import fields, time_axis
from pictures.canvas import PALETTE, TEXT
from pictures.frames import series_of
from pictures.legend import draw_legend

SIDE, _EDGE, _BOTTOM, _TOP = 62, 14, 20, 6


def draw(canvas, box, panel, answers, view):
    colored = zip(series_of(panel, answers), itertools.cycle(PALETTE))
    found = [(series, fields.field_of(panel, series.name), color) for series, color in colored]
    plot = draw_legend(canvas, box, panel, [(series.name, color) for series, _, color in found])
    second = next((field for _, field, _ in found if _on_right(field)), None)
    area = plot.inside(SIDE, _TOP, SIDE if second else _EDGE, _BOTTOM)
    axes = canvas.plot(area)
    time_axis.draw(axes, view, area.width)
    sides = {False: axes, True: axes.twinx() if second else None}
    below = {}
    for series, field, color in found:
        _series(sides[_on_right(field)], series, field, color, view.step(panel), below)
    _values(axes, next(field for _, field, _ in found if not _on_right(field)))
    if second:
        _values(sides[True], second)


def _on_right(field):
    return field["custom"].get("axisPlacement") == "right"


def _values(axes, field):
    """Ticks in the field's unit."""
    if field["custom"].get("scaleDistribution", {}).get("type") == "log":
        axes.set_yscale("log")
        axes.yaxis.set_major_locator(LogLocator(10, numticks=6))
        axes.yaxis.set_minor_locator(NullLocator())
    else:
        axes.set_ylim(*_limits(axes, field))
        axes.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=field.get("decimals") == 0, min_n_ticks=2))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: fields.text_of(field, value)))
    axes.tick_params(length=0, labelcolor=TEXT, labelsize=7.5, pad=4)
    for side in axes.spines.values():
        side.set_visible(False)


def _limits(axes, field):
    """`min` is a limit where nothing is below it. Where all is 0, 1 is shown as well."""
    data = axes.dataLim
    low = min(field["min"], data.y0) if "min" in field else data.y0
    return low, data.y1 + 0.06 * (data.y1 - low) if data.y1 > low else low + 1


def _series(axes, series, field, color, step, below):
    custom = field["custom"]
    stacked = "stacking" in custom
    base = [below.get(at, 0) if stacked else 0 for at, _ in series.points]
    top = [under + value for under, (_, value) in zip(base, series.points)]
    below.update({at: value for (at, _), value in zip(series.points, top)} if stacked else {})
    times = [at for at, _ in series.points]
    if custom["drawStyle"] == "bars":
        axes.bar(
            times, [value for _, value in series.points], step, base, color=color, alpha=custom["fillOpacity"] / 100
        )
        return
    for part in _parts(times, step):
        _line(axes, times[part], base[part], top[part], custom, color)


def _line(axes, times, base, top, custom, color):
    style = "steps-post" if custom.get("lineInterpolation") == "stepAfter" else "default"
    dashed = (0, (4, 3)) if custom.get("lineStyle", {}).get("fill") == "dash" else "-"
    alone = "o" if len(times) == 1 else None
    axes.plot(
        times,
        top,
        color=color,
        linewidth=1.2 * custom["lineWidth"],
        drawstyle=style,
        linestyle=dashed,
        marker=alone,
        markersize=3,
    )
    if custom["fillOpacity"]:
        step = "post" if style == "steps-post" else None
        axes.fill_between(times, base, top, color=color, alpha=custom["fillOpacity"] / 100, linewidth=0, step=step)


def _parts(times, step):
    """Slices without a hole."""
    begin = 0
    for at in range(1, len(times) + 1):
        if at == len(times) or times[at] - times[at - 1] > 1.5 * step:
            yield slice(begin, at)
            begin = at
