# SPDX-License-Identifier: Apache-2.0
"""Pods that come and go all the time, each with its whole life: what records, pods and nodes say differs for a moment
again and again, and nothing is wrong."""

import random
import time

NODES, PODS_PER_NODE = 20, 30


def build(cluster):
    for number in range(NODES):
        cluster.add_node(f"n{number}", f"10.9.0.{10 + number}", f"10.48.{number}.0/26")
        for pod in range(PODS_PER_NODE):
            cluster.start_pod(f"default/steady-{number}-{pod}", f"n{number}")


def churn(cluster, per_minute, ending):
    """Until the event `ending` is set. So many are stopped, and so many started elsewhere; the number of each. Every
    third is deleted by a controller that has its object gone before its network is."""
    chance, number, begin = random.Random(1), 0, time.monotonic()
    while not ending.wait(max(0, begin + number * 60 / per_minute - time.monotonic())):
        cluster.stop_pod(chance.choice(list(cluster.pods)), object_first=number % 3 == 0)
        free = [node for node in cluster.kernels if cluster.ipam.next_address(node)]
        cluster.start_pod(f"default/churn-{number}", chance.choice(free))
        number += 1
    return number
