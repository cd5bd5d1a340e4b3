# SPDX-License-Identifier: Apache-2.0
"""A whole dashboard as a picture: its head, its rows, and each panel at its place in the grid."""

from datetime import UTC, datetime

from pictures import fields, grafana, graph, heatmap, stat_panels, table, timeline
from pictures.canvas import BORDER, FAINT, PANEL, TEXT, Box, Canvas

WIDTH = 1400
_EDGE, _HEAD, _GAP, _UNIT, _TITLE = 10, 64, 6, 34, 28
DRAWN = {
    "stat": stat_panels.draw_stat, "bargauge": stat_panels.draw_bars, "table": table.draw, "timeseries": graph.draw,
    "state-timeline": timeline.draw, "heatmap": heatmap.draw,
}  # fmt: skip


def draw(view, fetch, path):
    """fetch: requests of a View to Prometheus' data."""
    dashboard = view.dashboard
    lowest = max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in dashboard["panels"])
    canvas = Canvas(WIDTH, _HEAD + lowest * _UNIT + _EDGE)
    _head(canvas, view)
    for panel in dashboard["panels"]:
        box = _place(panel["gridPos"])
        if panel["type"] == "row":
            canvas.text(box.left + 4, (box.top + box.bottom) / 2, "⌄  " + panel["title"], 13, TEXT, bold=True)
        else:
            draw_panel(canvas, box, panel, fetch(view.requests(panel)), view)
    canvas.save(path)


def draw_panel(canvas, box, panel, answers, view):
    canvas.rectangle(box, PANEL, rounded=2, edge=BORDER)
    canvas.text(box.left + 10, box.top + _TITLE / 2, panel["title"], 12, TEXT, bold=True, room=box.width - 16)
    content = box.inside(10, _TITLE, 10, 8)
    if any(answer["result"] for answer in answers):
        DRAWN[panel["type"]](canvas, content, panel, answers, view)
    else:
        canvas.text(
            (content.left + content.right) / 2, (content.top + content.bottom) / 2, "No data", 14, FAINT, "center"
        )


def _place(grid):
    column = (WIDTH - 2 * _EDGE) / 24
    box = Box(_EDGE + grid["x"] * column, _HEAD + grid["y"] * _UNIT, grid["w"] * column, grid["h"] * _UNIT)
    return box.inside(_GAP / 2, _GAP / 2, _GAP / 2, _GAP / 2)


def _head(canvas, view):
    dashboard = view.dashboard
    canvas.text(_EDGE + 4, 18, dashboard["title"], 15, TEXT, bold=True)
    first, last = (datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S") for at in (view.start, view.end))
    canvas.text(WIDTH - _EDGE - 4, 18, f"{first} to {last} UTC", 11, FAINT, "right")
    x = _EDGE
    for variable in grafana.variables(dashboard):
        x = _choice(canvas, x, variable["label"], " + ".join(view.chosen.get(variable["name"], ["All"])))
    right = WIDTH - _EDGE - 4
    for link in reversed(dashboard["links"]):
        canvas.text(right, 46, link["title"], 11, fields.COLORS["blue"], "right")
        right -= canvas.width_of(link["title"]) + 20


def _choice(canvas, x, label, value):
    """Where the next one begins."""
    name, shown = canvas.width_of(label) + 16, canvas.width_of(value) + 24
    canvas.rectangle(Box(x, 34, name + shown, 24), PANEL, rounded=2, edge=BORDER)
    canvas.text(x + 8, 46, label, 11, fields.COLORS["blue"])
    canvas.text(x + name + 8, 46, value, 11, TEXT)
    return x + name + shown + 8
