# SPDX-License-Identifier: Apache-2.0
"""The outages that are played, by name."""

from outages.restarts import LateRoutes
from outages.sessions import ACutPath, ALostAddress
from outages.workloads import ACutOffPod, OutOfStep

OUTAGES = {
    "late routes": LateRoutes,
    "a cut path": ACutPath,
    "a lost address": ALostAddress,
    "out of step": OutOfStep,
    "a cut-off pod": ACutOffPod,
}
