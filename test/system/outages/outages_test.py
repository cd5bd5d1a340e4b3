#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Outages that happened, made again with real BIRD and a real kernel, each in a lab of its own, side by side. The agent
names fault, object and remedy within three polls of the moment when ip, ss or birdc show it, and is silent within three
polls of the moment when they show it healed. All agents find what fault_findings.py says they must, and nothing beyond
what it allows. The page shows it, and a webhook gets the alert that names the cause, nothing beside it, and its end."""

import concurrent.futures
import unittest

from harness.alarms import ways
from harness.browser import CHROMIUM, DRIVER
from harness.main import run_tests
from harness.monitoring import ALERTMANAGER, PROMETHEUS
from harness.pages import SharedBrowser
from outages.played import OUTAGES

WITH_ITS_OWN_BROWSER = "late routes"  # it waits for the page


class EachOutage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        browsers = [SharedBrowser() for _ in range(2)]
        for browser in browsers:
            cls.addClassCleanup(browser.close)
        pool = concurrent.futures.ThreadPoolExecutor(len(OUTAGES))
        cls.addClassCleanup(pool.shutdown)
        cls.played = {
            name: pool.submit(outage().play, browsers[name == WITH_ITS_OWN_BROWSER]) for name, outage in OUTAGES.items()
        }

    def test_what_is_critical_goes_to_the_pager_and_the_rest_to_the_tickets(self):
        alerts = [alert for played in self.played.values() for alert in played.result()]
        self.assertEqual(ways(alerts), {("critical", "pager"), ("warning", "tickets")})


def of_outage(name):
    def test(self):
        self.played[name].result()

    test.__doc__ = OUTAGES[name].__doc__
    return test


for outage_name in OUTAGES:
    setattr(EachOutage, f"test_{outage_name.replace(' ', '_').replace('-', '_')}", of_outage(outage_name))

if __name__ == "__main__":
    run_tests(CHROMIUM, DRIVER, PROMETHEUS, ALERTMANAGER)
