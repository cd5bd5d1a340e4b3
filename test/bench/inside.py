# SPDX-License-Identifier: Apache-2.0
"""Measures one size in the namespaces that it was started in: `run` starts `python3 inside.py PLAN` there, where PLAN is
JSON. What it found goes to the file that the plan names."""

import json
import os
import random
import signal
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[1]), str(HERE.parents[1] / "lab")]

from bench import calico_node as node  # noqa: E402
from bench import programs  # noqa: E402
from bench.plan import Plan  # noqa: E402
from bench.usage import busiest_thread, thread_ns, value  # noqa: E402

STATES = {"healthy": None, "churn": "churn 100", "fault": "wrong {wrong}"}
BACK = {"churn": "churn 0", "fault": "wrong 0"}
PATIENCE = 900  # seconds until BIRD and the kernel have all routes


def tell(text):
    print(text, file=sys.stderr, flush=True)


class Bench:
    def __init__(self, plan):
        self.plan, self.size = plan, node.SIZES[plan.size]
        self.wrong = min(5_000, self.size.routes)
        self.results = {"routes": self.size.routes, "wrong": self.wrong}
        for folder, kind in {"/sys": "sysfs", "/run": "tmpfs"}.items():
            subprocess.run(["mount", "-t", kind, "none", folder], check=True)
        self.outside = node.build(self.size, self._say)
        self.bird = programs.Bird()
        self.peers = programs.Peers(self.size, self.outside)
        self._await_routes()
        self.exporters = {
            name: programs.start_exporter(name, number) for number, name in enumerate(programs.exporters())
        }

    def _say(self, text):
        tell(f"{self.size.name}: {text}")

    def _await_routes(self):
        wanted, begin = self.size.routes + self.size.blocks, time.monotonic()
        while (found := programs.routes_of_bird()) != wanted:
            for process in (self.bird, self.peers):
                process.check()
            if time.monotonic() - begin > PATIENCE:
                sys.exit(f"after {PATIENCE} s the kernel has {found:,} routes of BIRD, not {wanted:,}")
            established = self.peers.tell("status")["established"]
            self._say(f"{established:,} of {self.size.peers:,} sessions, {found:,} of {wanted:,} routes")
            time.sleep(2)

    # One agent after another: each regime has its own interval.

    def run(self):
        self._regime("1s", self._rounds_of_turns, self.plan.rounds)
        if self.plan.defaults:
            self._regime("5s", self._windows_side_by_side, self.plan.rounds)
        return self.results

    def _regime(self, interval, measure, rounds):
        self.agent = programs.agent(self.plan.agent, interval)
        self._settle(10)
        self._require_healthy()
        if interval == "1s":
            self._bird_and_scrapes()
        found, memory = {}, {}
        for state in self.plan.states:
            command = STATES[state]
            if command:
                self.peers.tell(command.format(wrong=self.wrong))
                self._settle(self.plan.settle)
            self._say(f"{interval}, {state}")
            found[state] = measure(rounds)
            memory[state] = self._memory()
            if command:
                self.peers.tell(BACK[state])
                self._settle(self.plan.settle)
                memory[f"after {state}"] = self._memory()
        if interval == "1s" and self.size.routes >= 20_000 and "fault" in self.plan.states:
            self._say("20,000 findings")
            self.peers.tell("wrong 20000")
            self._settle(self.plan.settle)
            memory["20,000 findings"] = self._memory()
            self.peers.tell("wrong 0")
            self._settle(30)
            memory["after 20,000 findings"] = self._memory()
        self.results[interval] = {"cpu": found, "memory": memory}
        self.agent.end()

    def _settle(self, seconds):
        """What changes at once, has to reach the kernel, and two polls have to see it."""
        time.sleep(seconds)
        self.agent.check()

    def _memory(self):
        usage = self.agent.usage()
        found = self._metric("caliwatch_findings")
        return {"rss_mib": usage.rss_mib, "peak_mib": usage.peak_mib, "threads": usage.threads,
                "descriptors": usage.descriptors, "findings": found}  # fmt: skip

    def _metric(self, name):
        return value(self.agent.scraper.scrape()[1], name)

    def _require_healthy(self):
        """Of a node that is not as meant, no figure would mean anything."""
        deadline = time.monotonic() + 60
        while self._metric("caliwatch_findings"):
            if time.monotonic() > deadline:
                text = self.agent.scraper.scrape()[1].decode()
                lines = [line for line in text.splitlines() if line.startswith("caliwatch_findings{")]
                sys.exit("the node is not healthy: " + "; ".join(line for line in lines if not line.endswith(" 0")))
            time.sleep(1)

    # At 1 s: the programs take turns, in another order each round.

    def _rounds_of_turns(self, rounds):
        samples = {}
        for number in range(1, rounds + 1):
            turns = [("floor", None), (programs.AGENT, self.agent), *self.exporters.items()]
            random.shuffle(turns)
            for name, program in turns:
                samples.setdefault(name, []).append(self._turn(program))
            self._say(f"  round {number} of {rounds}: " + ", ".join(
                f"{name} {found[-1]['cpu_ms']:.2f} ms" for name, found in sorted(samples.items())))  # fmt: skip
        return samples

    def _turn(self, program):
        times = self.plan.turn
        if program is None:
            return {"cpu_ms": statistics.median(programs.floor(self.plan.floor, times, 1000))}
        if program is self.agent:
            return self._turn_of_agent(times)
        before, took = program.usage(), []
        for _ in range(times):
            begin = time.monotonic()
            took.append(program.scraper.scrape()[0])
            time.sleep(max(0.0, begin + 1 - time.monotonic()))
        return self._per(before, program.usage(), times, took)

    def _turn_of_agent(self, times):
        """From the end of a poll to the end of another, with a scrape after each."""
        polls, before = self._await_poll(), self.agent.usage()
        begin, took = time.monotonic(), []
        for number in range(1, times + 1):
            time.sleep(max(0.0, begin + number - time.monotonic()))
            took.append(self.agent.scraper.scrape()[0])
        after, polls = self.agent.usage(), self._metric("caliwatch_polls_total") - polls
        return {**self._per(before, after, polls, took), "polls": polls}

    def _per(self, before, after, times, took):
        return {
            "cpu_ms": (after.cpu_ms - before.cpu_ms) / times,
            "minor_faults": (after.minor_faults - before.minor_faults) / times,
            "major_faults": (after.major_faults - before.major_faults) / times,
            "rss_mib": after.rss_mib,
            "scrape_ms": statistics.median(took),
        }

    def _await_poll(self):
        """The number of polls, right after one."""
        polls = self._metric("caliwatch_polls_total")
        while (now := self._metric("caliwatch_polls_total")) == polls:
            time.sleep(0.02)
        time.sleep(0.2)  # whatever is tidied up after it
        return now

    # At the defaults: all at once, as on a node; each is scraped at another moment.

    def _windows_side_by_side(self, rounds):
        programs_here = {programs.AGENT: self.agent, **self.exporters}
        samples = {}
        self._await_poll()
        window = begin = time.monotonic()
        for number in range(1, rounds + 1):
            before = {name: program.cpu_ms() for name, program in programs_here.items()}
            for place, program in enumerate(programs_here.values()):
                time.sleep(max(0.0, window + 1 + 2 * place - time.monotonic()))
                program.scraper.scrape()
            window = begin + 15 * number
            time.sleep(max(0.0, window - time.monotonic()))
            for name, program in programs_here.items():
                samples.setdefault(name, []).append({"cpu_ms": 4 * (program.cpu_ms() - before[name])})
            self._say(f"  window {number} of {rounds}")
        return samples

    # What BIRD pays for us, and how long a scrape takes while we poll.

    def _bird_and_scrapes(self):
        self._say("BIRD's own time")
        asker, rounds = programs.BirdAsker(), []
        for _ in range(self.plan.rounds):
            with Stopped(self.agent):
                idle = self._bird_ms(lambda: None)
                asked = self._bird_ms(lambda: asker.ask("show protocols all"))
            self._await_poll()
            rounds.append({"idle": idle, "question": asked, "caliwatch": self._bird_ms(lambda: None)})
        self.results["bird"] = rounds
        self._say("scrapes while the agent polls")
        time.sleep(2)
        poller = busiest_thread(self.agent.pid)
        scrapes, end = [], time.monotonic() + 2 * self.plan.turn
        while time.monotonic() < end:
            before = thread_ns(poller)
            took, _ = self.agent.scraper.scrape()
            scrapes.append({"ms": took, "polling": thread_ns(poller) > before})
            time.sleep(0.005)
        self.results["scrapes"] = scrapes

    def _bird_ms(self, each_second):
        """A second."""
        before, begin = self.bird.cpu_ms(), time.monotonic()
        for number in range(1, self.plan.turn + 1):
            each_second()
            time.sleep(max(0.0, begin + number - time.monotonic()))
        return (self.bird.cpu_ms() - before) / self.plan.turn


class Stopped:
    """The program neither asks nor polls meanwhile."""

    def __init__(self, program):
        self._process = program.process

    def __enter__(self):
        self._process.send_signal(signal.SIGSTOP)

    def __exit__(self, *_):
        self._process.send_signal(signal.SIGCONT)


def main():
    plan = Plan(**json.loads(sys.argv[1]))
    os.environ["PYTHONPATH"] = os.pathsep.join(sys.path[:2])
    results = Bench(plan).run()
    results["load"] = os.getloadavg()[0]
    Path(plan.results).write_text(json.dumps({**plan.about, **results}, indent=1))


if __name__ == "__main__":
    main()
