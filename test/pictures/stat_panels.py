# SPDX-License-Identifier: Apache-2.0
"""Panels of type stat and bargauge."""

from pictures import fields
from pictures.canvas import BORDER, FAINT, TEXT, Box
from pictures.frames import buckets_of, series_of

_ROW, _GAP = 26, 6


def draw_stat(canvas, box, panel, answers, view):
    """A coloured tile for each series, side by side."""
    found = series_of(panel, answers)
    width = box.width / len(found)
    for number, series in enumerate(found):
        field = fields.field_of(panel, series.name)
        tile = Box(box.left + number * width, box.top, width - (_GAP if number + 1 < len(found) else 0), box.height)
        name = series.name if panel["options"]["textMode"] == "value_and_name" else ""
        _tile(canvas, tile, fields.text_of(field, series.last), name, fields.color_of(field, series.last))


def _tile(canvas, tile, value, name, color):
    dark = color == fields.COLORS["text"]
    canvas.rectangle(tile, BORDER if dark else color, 1.0 if dark else 0.82, rounded=3)
    middle = (tile.left + tile.right) / 2
    size = next(
        size for size in (30, 26, 22, 18, 15, 12, 10, 1) if canvas.width_of(value, size, True) <= tile.width - 10
    )
    canvas.text(middle, (tile.top + tile.bottom) / 2 - (8 if name else 0), value, size, "white", "center", bold=True)
    if name:
        canvas.text(middle, tile.bottom - 14, name, 11, "white", "center", room=tile.width - 8)


def draw_bars(canvas, box, panel, answers, view):
    """A horizontal bar for each series."""
    of_buckets = panel["targets"][0].get("format") == "heatmap"
    found = buckets_of(panel, answers) if of_buckets else series_of(panel, answers)
    height = min(_ROW, box.height / len(found))
    names = max(canvas.width_of(series.name) for series in found) + 10
    names = min(names, box.width * 0.55)
    most = max([series.last for series in found] + [1e-9])
    for number, series in enumerate(found):
        line = Box(box.left, box.top + number * height, box.width, height).inside(0, 2, 0, 2)
        _bar(canvas, line, names, series, most, fields.field_of(panel, series.name))


def _bar(canvas, line, names, series, most, field):
    middle = (line.top + line.bottom) / 2
    canvas.text(line.left, middle, series.name, 11, TEXT, room=names - 6)
    track = line.inside(names, 0, 64, 0)
    color = (
        fields.COLORS[field["color"]["fixedColor"]]
        if field["color"]["mode"] == "fixed"
        else fields.color_of(field, series.last)
    )
    canvas.rectangle(track, BORDER, 0.6)
    canvas.rectangle(Box(track.left, track.top, track.width * series.last / most, track.height), color, 0.9)
    canvas.text(line.right, middle, fields.text_of(field, series.last), 11, color if series.last else FAINT, "right")
