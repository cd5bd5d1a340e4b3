# SPDX-License-Identifier: Apache-2.0
"""What the agents of a lab find, as a scraper and as a person at a terminal see it."""

import json
import threading

from calicolab.metrics import by, scrape
from calicolab.waiting import eventually, patience

AGENT_ARGS = ("--poll.interval=1s", "--check.pods")
_SECONDS = 0.3  # between two looks, where nobody says otherwise

# Findings that say nothing of a lab: the kernel counts the neighbors of all namespaces of a machine together, those of
# other labs as well. The fault fill-neighbors has a test of its own, for the same reason.
PASSED_OVER = {"neighbor_table_full"}


class Watch:
    """Scrapes all agents again and again until close(). Findings are (node, check, subject).

    now: those of the last look; seen: those of any look since forget().
    """

    def __init__(self, lab, every=_SECONDS):
        self._every = every
        self._urls = {row["name"]: row["agent"]["url"] for row in lab.status()["nodes"]}
        self.now, self.seen = set(), set()
        self._polls = {}  # node -> how many its agent had done at the last look; not of those that do not answer
        self._looked, self._ended = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True)
        self._thread.start()

    def agent_url(self, node):
        """What scrape() asks a lab; one whose BIRD is frozen takes seconds to tell it."""
        return self._urls[node]

    def _follow(self):
        while not self._ended.wait(self._every):
            texts = {node: self._told(node) for node in self._urls}
            self.now = {finding for node, text in texts.items() for finding in _findings(node, text)}
            self.seen |= self.now
            self._polls = {node: _polls(text) for node, text in texts.items() if text}
            self._looked.set()

    def _told(self, node):
        try:
            return scrape(self, node)
        except OSError:  # a node without power has no agent
            return ""

    def converged(self):
        """No agent waits for peers or routes after a restart of BIRD."""
        return not any(
            any(by(scrape(self, node), "caliwatch_convergence_elapsed_seconds", "family").values())
            for node in self._urls
        )

    def forget(self):
        self.seen = set(self.now)

    def rest(self, polls):
        """Lets so many more polls of each agent go by, or as much time as they should take at most."""
        self._looked.wait(patience(5))
        end = {node: done + polls for node, done in self._polls.items()}
        eventually(lambda: all(self._polls.get(node, 0) >= done for node, done in end.items()), timeout=2 * polls)

    def close(self):
        self._ended.set()
        self._thread.join()


def _findings(node, text):
    listed = by(text, "caliwatch_finding_since_timestamp_seconds", "check", "subject")
    return {(node, check, subject) for check, subject in listed if check not in PASSED_OVER}


def _polls(text):
    return sum(by(text, "caliwatch_polls_total").values())


def await_healed(lab, scene):
    """Until sessions and routes are back, by birdc and ip, and each node's first pod reaches its node."""
    lab.wait_for_bgp(timeout=60)
    for node in scene.nodes:
        for address in scene.addresses(node):
            eventually(lambda: lab.pod(scene.pod(node)["name"]).ping(address))


def told(lab, node):
    """(alarms, effects) of `caliwatch check` there, as findings."""
    answer = lab.node(node).run(["caliwatch", "check", "--check.pods", "--output", "json"], check=False).stdout
    return _found(node, answer)


# Prints what is found in a new recording, and in one of that with other names and addresses.
_RECORD = """
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
caliwatch record --check.pods "$folder/node" >&2 &&
  caliwatch record --anonymize --replay "$folder/node" "$folder/nameless" >&2 || exit
for recording in node nameless; do
  caliwatch check --replay "$folder/$recording" --output json
  echo END
done
"""


def recorded(lab, node, passed_over=PASSED_OVER):
    """((alarms, effects) in a recording made there, and the same of that with other names and addresses)."""
    answers = lab.node(node).run(["sh", "-c", _RECORD], check=False).stdout.split("END\n")
    return _found(node, answers[0], passed_over), _found(node, answers[1], passed_over)


def _found(node, answer, passed_over=PASSED_OVER):
    alarms = [row for row in json.loads(answer)["findings"] if row["check"] not in passed_over]
    effects = [effect for row in alarms for effect in row["effects"]]
    return tuple({(node, row["check"], row["subject"]) for row in rows} for rows in (alarms, effects))
