# SPDX-License-Identifier: Apache-2.0
"""Pods are deleted while an agent looks into them: it keeps none alive, and no trace of them."""

import re
import signal

from calicolab import Lab
from calicolab.metrics import by, samples, scrape
from calicolab.waiting import eventually
from harness.program import CALIWATCH, SANITIZED
from harness.waiting import ready

NODE = "node1"
_CHURN = ("python3", "-B", "-m", "pods.pods_churn")  # found as this file is
_BATCH = 20
_AGENT = ("caliwatch", "agent", "--web.listen-address=:10179", "--check.pods", "--poll.interval=100ms")


def vanish(test, total, mounts=None):
    """mounts: the propagation of mounts into an agent in a mount namespace of its own, as in a container; None: without
    one."""
    prefix = ("unshare", "--mount", "--propagation", mounts) if mounts else ()
    with Lab(nodes=1, pods=10, bird="none", wait=False, agent=CALIWATCH) as lab:
        lab.kill_agent(NODE, signal.SIGKILL)
        told(lab, "mount --make-shared /run")  # as systemd makes all mounts
        with lab.node(NODE).start([*prefix, *_AGENT]) as agent:
            ready(lab)
            churn(test, lab, _BATCH)  # what the agent allocates once
            namespaces, before = namespaces_of(lab), usage(lab, agent.pid)
            test.assertEqual(len(namespaces), 1 + 1 + 1 + 10, "of the gateway, the monitor, the node and its pods")
            seconds, polls, found = churn(test, lab, total)
            after = usage(lab, agent.pid)
            print(
                f"{total} pods, {polls:.0f} polls; gone after {seconds:.2f} s at most;",
                f"before and after: {before} {after}",
                flush=True,
            )
            test.assertEqual(namespaces_of(lab), namespaces)
            test.assertEqual(after["fds"], before["fds"])
            if not SANITIZED:  # which keeps for a while what is given back
                test.assertLess(after["rss_kib"], before["rss_kib"] + 4096)
            test.assertGreater(polls, total / 50)
            told(lab, "umount --lazy $NETNS_DIR/* && rm $NETNS_DIR/*")  # pods that are older than the agent
            test.assertTrue(eventually(lambda: "cali" not in told(lab, "ip link")), "they vanish, too")
            return found


def churn(test, lab, total):
    """(seconds until the slowest batch was gone, polls meanwhile, the most pods at once in which something was
    found)"""
    polls = lambda: samples(scrape(lab, NODE), "caliwatch_polls_total")[0].value
    before, found = polls(), 0
    with lab.node(NODE).start([*_CHURN, str(total), str(_BATCH), "1"]) as running:
        while not running.out and not running.err:
            text = scrape(lab, NODE)
            test.assertEqual(
                {source for source, up in by(text, "caliwatch_source_up", "source").items() if not up}, set()
            )
            found = max(found, by(text, "caliwatch_check_findings", "check").get("pod_gateway_unreachable", 0))
        test.assertEqual((running.wait(60), running.err), (0, ""))
        return float(running.out), polls() - before, found


def come_and_go_alone(test, times):
    """A node's only pod is made and deleted so often, at any moment of the agent's looks."""
    with Lab(nodes=1, pods=0, bird="none", wait=False, agent=CALIWATCH, agent_args=_AGENT[3:]) as lab:
        ready(lab)
        again = f"for i in $(seq {times}); do {' '.join(_CHURN)} 1 1 0.1 >/dev/null || exit 1; done; echo done"
        with lab.node(NODE).start(["sh", "-c", again]) as running:
            while not running.out and not running.err:
                test.assertEqual(
                    {source for source, up in by(scrape(lab, NODE), "caliwatch_source_up", "source").items() if not up},
                    set(),
                )
            test.assertEqual((running.wait(60), running.out, running.err), (0, "done\n", ""))
        log = told(lab, "cat $CALICO_RUN_DIR/../agent.log")
        test.assertNotIn("cannot", log)
        test.assertNotIn("level=error", log)


def usage(lab, pid):
    """Of the agent, by /proc, once it holds no file of a look that is under way."""
    fds = min(int(told(lab, f"ls /proc/{pid}/fd | wc -l")) for _ in range(20))
    return {"fds": fds, "rss_kib": int(told(lab, f"awk '/VmRSS/ {{print $2}}' /proc/{pid}/status"))}


def namespaces_of(lab):
    """All that some process, thread or mount of the sandbox holds, by their inodes."""
    processes = set(re.findall(r"net:\[(\d+)\]", told(lab, "ls -l /proc/[0-9]*/task/*/ns/net 2>/dev/null || true")))
    return processes | set(told(lab, "stat -Lc %i /run/netns/* $NETNS_DIR/*").split())


def told(lab, command):
    """What a shell command prints on the node."""
    return lab.node(NODE).run(["sh", "-c", command]).stdout
