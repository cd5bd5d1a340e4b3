# SPDX-License-Identifier: Apache-2.0
"""What Grafana asks Prometheus for a dashboard: its queries with variables and intervals filled in."""

import json
import math
import re
from pathlib import Path
from urllib.parse import urlencode

FOLDER = Path(__file__).resolve().parents[2] / "dashboards"
SCRAPE_INTERVAL = 1  # seconds, as Grafana's data source has it
_PIXELS_PER_COLUMN = 58
_LABEL_VALUES = re.compile(r"label_values\((?P<series>.+), (?P<label>\w+)\)")


def dashboards():
    """{name: the JSON}"""
    return {path.stem: json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))}


def panels(dashboard):
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


def variables(dashboard):
    """Those that are asked of Prometheus."""
    return [variable for variable in dashboard["templating"]["list"] if variable["type"] == "query"]


class View:
    """A dashboard at a time range, in seconds since the epoch. chosen: {variable: [values]}; those that are not named
    are All."""

    def __init__(self, dashboard, start, end, chosen):
        self.dashboard, self.start, self.end, self.chosen = dashboard, start, end, chosen
        self._values = {"datasource": "lab", "__range": f"{round(end - start)}s"}
        for variable in variables(dashboard):
            self._values[variable["name"]] = _as_regex(chosen.get(variable["name"]), variable["allValue"])

    def requests(self, panel):
        """For each target of the panel, what comes after /api/v1/."""
        step = self.step(panel)
        rate_interval = max(step + SCRAPE_INTERVAL, 4 * SCRAPE_INTERVAL)
        return [self._request(target, step, f"{rate_interval}s") for target in panel["targets"]]

    def step(self, panel):
        """Seconds from one point of a panel to the next: one for each of its pixels, where there are as many."""
        return math.ceil(max(SCRAPE_INTERVAL, (self.end - self.start) / (panel["gridPos"]["w"] * _PIXELS_PER_COLUMN)))

    def _request(self, target, step, rate_interval):
        query = fill(target["expr"], {**self._values, "__rate_interval": rate_interval})
        if target.get("instant"):
            return "query?" + urlencode({"query": query, "time": self.end})
        return "query_range?" + urlencode({"query": query, "start": self.start, "end": self.end, "step": step})

    def variable_request(self, variable):
        wanted = _LABEL_VALUES.fullmatch(variable["query"]["query"])
        match = fill(wanted["series"], self._values)
        return f"label/{wanted['label']}/values?" + urlencode({"match[]": match, "start": self.start, "end": self.end})


def fill(text, values):
    """Names that are no variables stay as they are: the $1 of label_replace."""
    return re.sub(r"\$(?:{(\w+)}|(\w+))", lambda name: values.get(name[1] or name[2], name[0]), text)


def _as_regex(chosen, all_value):
    if not chosen:
        return all_value
    escaped = [re.sub(r"[\\^$*+?.()|{}\[\]]", r"\\\\\g<0>", value) for value in chosen]
    return escaped[0] if len(escaped) == 1 else f"({'|'.join(escaped)})"
