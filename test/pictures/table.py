# SPDX-License-Identifier: Apache-2.0
"""Panels of type table."""

from pictures import fields
from pictures.canvas import BORDER, FAINT, TEXT
from pictures.frames import rows_of

_HEIGHT, _PADDING, _LINK = 27, 8, "#6e9fff"


def draw(canvas, box, panel, answers, view):
    rows = rows_of(panel, answers)
    if not rows:
        return
    columns = [(name, fields.field_of(panel, name)) for name in rows[0]]
    lefts = _lefts(canvas, box, columns, rows)
    _head(canvas, box, columns, lefts)
    shown = int((box.height - _HEIGHT) // _HEIGHT)
    for number, row in enumerate(rows[:shown], 1):
        top = box.top + number * _HEIGHT
        canvas.line(box.left, top, box.right, top, BORDER)
        for (name, field), left, right in zip(columns, lefts, lefts[1:]):
            _cell(canvas, top, left, right, field, row[name])


def _head(canvas, box, columns, lefts):
    for (name, field), left, right in zip(columns, lefts, lefts[1:]):
        x, align = _anchor(left, right, field)
        canvas.text(x, box.top + _HEIGHT / 2, name, 11, _LINK, align, bold=True, room=right - left - _PADDING)


def _cell(canvas, top, left, right, field, value):
    x, align = _anchor(left, right, field)
    colored = field["custom"]["cellOptions"]["type"] == "color-text" and value is not None
    color = fields.color_of(field, value) if colored else _LINK if "links" in field else TEXT
    canvas.text(
        x, top + _HEIGHT / 2, fields.text_of(field, value), 11, color or FAINT, align, room=right - left - _PADDING
    )


def _anchor(left, right, field):
    if field["custom"].get("align") == "right":
        return right - _PADDING, "right"
    return left + _PADDING, "left"


def _lefts(canvas, box, columns, rows):
    """Left edges, and the right edge of the last. Columns have what they need, and share what is left in proportion."""
    needed = [
        field["custom"].get("width") or 2 * _PADDING + max(
            [canvas.width_of(name, 11, True)] + [canvas.width_of(fields.text_of(field, row[name])) for row in rows]
        )
        for name, field in columns
    ]  # fmt: skip
    stretch = box.width / sum(needed)
    edges = [box.left]
    for width in needed:
        edges.append(edges[-1] + width * stretch)
    return edges
