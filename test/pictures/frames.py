# SPDX-License-Identifier: Apache-2.0
"""From Prometheus' answers to what a panel shows: named series, buckets, or the rows of a table."""

import dataclasses
import re


@dataclasses.dataclass
class Series:
    name: str
    labels: dict
    points: list  # (seconds since the epoch, value)

    @property
    def last(self):
        return self.points[-1][1]


def series_of(panel, answers):
    """Of all targets, in their order."""
    return [
        Series(_legend(target, found["metric"]), found["metric"], [(at, float(value)) for at, value in _points(found)])
        for target, answer in zip(panel["targets"], answers)
        for found in answer["result"]
    ]


def _points(found):
    return found["values"] if "values" in found else [found["value"]]


def _legend(target, labels):
    return re.sub(r"{{(\w+)}}", lambda label: labels.get(label[1], ""), target["legendFormat"]).strip()


def buckets_of(panel, answers):
    """Of a histogram: what is in each bucket alone, the lowest first, as Grafana's format `heatmap` has it."""
    found = sorted(series_of(panel, answers), key=lambda series: float(series.labels["le"]))
    below = {}
    for series in found:
        cumulative = dict(series.points)
        series.points = [(at, max(0.0, value - below.get(at, 0))) for at, value in series.points]
        below = cumulative
    return found


def rows_of(panel, answers):
    """[{column: value}], numbers as floats, after the panel's transformations."""
    several = len(panel["targets"]) > 1
    frames = [
        [
            {**found["metric"], f"Value #{target['refId']}" if several else "Value": float(found["value"][1])}
            for found in answer["result"]
        ]
        for target, answer in zip(panel["targets"], answers)
    ]
    rows = [row for frame in frames for row in frame]
    for transformation in panel["transformations"]:
        rows = _TRANSFORMATIONS[transformation["id"]](rows, frames, transformation["options"])
    return rows


def _merge(_, frames, __):
    """Rows that agree in all the labels that every frame has become one."""
    labels = [{key for row in frame for key in row if not key.startswith("Value")} for frame in frames if frame]
    common = set.intersection(*labels) if labels else set()
    merged = {}
    for row in (row for frame in frames for row in frame):
        merged.setdefault(tuple(row.get(key) for key in sorted(common)), {}).update(row)
    return list(merged.values())


def _organize(rows, _, options):
    order = sorted(options["indexByName"], key=options["indexByName"].get)
    names = [*order, *sorted({key for row in rows for key in row} - set(order))]
    shown = [name for name in names if name not in options["excludeByName"] and any(name in row for row in rows)]
    return [{options["renameByName"].get(name, name): row.get(name) for name in shown} for row in rows]


def _sort_by(rows, _, options):
    for by in reversed(options["sort"]):
        rows = sorted(
            rows, key=lambda row: _sort_key(row.get(by["field"]), by.get("desc")), reverse=by.get("desc", False)
        )
    return rows


def _sort_key(value, descending):
    """What is empty comes last."""
    missing = value is None
    return (missing != bool(descending), 0 if missing else value)


_TRANSFORMATIONS = {"merge": _merge, "organize": _organize, "sortBy": _sort_by}
