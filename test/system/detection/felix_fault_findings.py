# SPDX-License-Identifier: Apache-2.0
"""What agents find when Felix is away, is not ready, or no longer writes its files."""

from detection.fault_scene import ALL, WITH_STATUS, Expected, Rule, each_node, findings

AWAY = 75  # seconds: a restart of calico-node takes less than the minute that the checks wait for
STALE = 50  # Felix may be 25 seconds behind
NOT_JUDGED = "what rests on its files is not judged while it is away"
LINGERS = "it counts as ending again and again until it has lasted for ten minutes"


def felix(check):
    return lambda scene, node: Expected(findings(node, check, ["Felix"]), within=AWAY)


def stale_files(scene, node):
    return Expected(findings(node, "endpoint_files_stale", ["endpoint-status"]), within=STALE)


def keeps_dying(scene, node):
    return Expected(findings(node, "felix_restarts_often", ["Felix"]), within=40)


FELIX_FAULTS = {
    "felix-not-ready": Rule(ALL, felix("felix_not_ready"), each_node, alone=NOT_JUDGED),
    "felix-not-live": Rule(ALL, felix("felix_down"), each_node, alone=NOT_JUDGED),
    "felix-hung": Rule(ALL, felix("felix_down"), each_node, alone=NOT_JUDGED),
    "felix-dead": Rule(ALL, felix("felix_down"), each_node, alone=NOT_JUDGED),
    "stale-files": Rule(WITH_STATUS, stale_files, each_node, alone=NOT_JUDGED),
    "felix-keeps-dying": Rule(ALL, keeps_dying, each_node, alone=LINGERS),
}
