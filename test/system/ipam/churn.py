# SPDX-License-Identifier: Apache-2.0
"""Pods that come and go all the time, each with its whole life, while somebody looks: what records and pods say differs
for a moment again and again, and nothing is wrong. Nobody reports what the nodes' kernels have here."""

import json
import os
import random
import tempfile
import threading
import time

from harness.calico_cluster import CalicoCluster
from harness.cluster_objects import NODES, PODS, ObjectFiles
from harness.etcd_records import DumpedRecords
from harness.program import caliwatch
from ipam.cluster_truth import wrong
from ipam.seed_cases import SETTINGS

HOSTS, PODS_PER_HOST = 20, 30
POD_A_MINUTE = 1000
BETWEEN_LOOKS, AGO = 10, 3600  # seconds


def churn_quietly(test, seconds):
    """Looks every ten seconds, and no two in a row may see the same thing wrong."""
    # Those that are there at the beginning are so old that nothing about them is only young.
    store, api = DumpedRecords(SETTINGS), ObjectFiles(AGO)
    cluster = CalicoCluster(api, store, SETTINGS, endpoints=True, ago=AGO)
    for number in range(HOSTS):
        cluster.add_node(f"n{number}", f"10.9.0.{10 + number}", f"10.48.{number}.0/26")
        for pod in range(PODS_PER_HOST):
            cluster.start_pod(f"default/steady-{number}-{pod}", f"n{number}")
    api.ago = cluster.ipam.ago = 0
    ending, lives = threading.Event(), []
    churning = threading.Thread(target=lambda: lives.append(_churn(cluster, ending)))
    churning.start()
    try:
        answers = _look_all_the_time(test, api, store, seconds)
    finally:
        ending.set()
        churning.join()
    test.assertGreater(lives[0], seconds * POD_A_MINUTE / 60 * 0.8, "the machine could not keep up")
    test.assertGreater(len(answers), seconds / BETWEEN_LOOKS / 2)
    # They do see the moments in between: so the test would notice if these counted.
    test.assertTrue(any(doubts for answer in answers for doubts in (c["doubts"] for c in answer["checks"])))
    test.assertEqual(wrong(cluster), set())


def _look_all_the_time(test, api, store, seconds):
    chance, answers, before = random.Random(2), [], None
    end = time.monotonic() + seconds
    with tempfile.TemporaryDirectory(prefix="caliwatch-churn-") as folder:
        while time.monotonic() < end:
            now = _write_look(os.path.join(folder, str(len(answers))), api, store, chance)
            done = caliwatch("ipam", "--from", now, *(["--before", before] if before else []), "--output", "json")
            answer = json.loads(done.stdout)
            test.assertEqual([row for row in answer["findings"] if row["sure"]], [], done.stderr)
            answers.append(answer)
            before = now
            time.sleep(BETWEEN_LOOKS * chance.uniform(0.7, 1.3))
    return answers


def _write_look(folder, api, store, chance):
    """What is read is read one after another, in any order."""
    os.makedirs(folder)
    sources = {
        "pods.json": lambda: json.dumps(api.list(PODS)),
        "nodes.json": lambda: json.dumps(api.list(NODES)),
        "etcd.json": store.text,
    }
    for name in chance.sample([*sources], len(sources)):
        with open(os.path.join(folder, name), "w") as file:
            file.write(sources[name]())
        time.sleep(chance.uniform(0, 0.5))
    return ",".join(os.path.join(folder, name) for name in sources)


def _churn(cluster, ending):
    """A thousand a minute are stopped, and as many started elsewhere; how many. Every third is deleted by somebody who
    takes its object away before its network."""
    chance, number, begin = random.Random(1), 0, time.monotonic()
    while not ending.wait(max(0, begin + number * 60 / POD_A_MINUTE - time.monotonic())):
        cluster.stop_pod(chance.choice(list(cluster.pods)), object_first=number % 3 == 0)
        free = [node for node in cluster.kernels if cluster.ipam.next_address(node)]
        cluster.start_pod(f"default/churn-{number}", chance.choice(free))
        number += 1
    return number
