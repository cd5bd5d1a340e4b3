# SPDX-License-Identifier: Apache-2.0
"""Panels of type state-timeline."""

from pictures import fields, time_axis
from pictures.canvas import GRID, TEXT, Box
from pictures.frames import series_of
from pictures.legend import draw_legend

_NAMES = 0.3  # of the width, at most
_AXIS = 18


def draw(canvas, box, panel, answers, view):
    found = [(series, fields.field_of(panel, series.name)) for series in series_of(panel, answers)]
    states = {
        fields.text_of(field, value): fields.color_of(field, value)
        for series, field in found
        for _, value in series.points
    }
    plot = draw_legend(canvas, box, panel, list(states.items()))
    names = min(plot.width * _NAMES, 12 + max(canvas.width_of(series.name) for series, _ in found))
    area = plot.inside(left=names, bottom=_AXIS)
    _times(canvas, area, view)
    height = area.height / len(found)
    for number, (series, field) in enumerate(found):
        row = Box(area.left, area.top + number * height, area.width, height)
        canvas.text(area.left - 8, row.top + height / 2, series.name, min(11, height), TEXT, "right", room=names - 10)
        gap = height * (1 - panel["options"]["rowHeight"]) / 2
        for stretch, value in _stretches(series, view, view.step(panel), row.inside(top=gap, bottom=gap)):
            canvas.rectangle(stretch, fields.color_of(field, value), field["custom"]["fillOpacity"] / 100)


def _times(canvas, area, view):
    for at, text in time_axis.moments(view.start, view.end, area.width):
        x = area.left + area.width * (at - view.start) / (view.end - view.start)
        canvas.line(x, area.top, x, area.bottom, GRID)
        canvas.text(x, area.bottom + _AXIS / 2 + 2, text, 10, TEXT, "center")


def _stretches(series, view, step, row):
    """(place, value) of each time without a change; a hole in the data is a hole here."""
    scale = row.width / (view.end - view.start)
    begin, value, last = *series.points[0], series.points[0][0]
    for at, now in [*series.points[1:], (None, None)]:
        if at is None or now != value or at > last + 1.5 * step:
            until = min(last + step, view.end)
            yield Box(row.left + (begin - view.start) * scale, row.top, (until - begin) * scale, row.height), value
            begin, value = at, now
        last = at
