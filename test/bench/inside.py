# SPDX-License-Identifier: Apache-2.0
"""Measures one size in the namespaces that it was started in: `run` starts `python3 inside.py PLAN` there, where PLAN
is JSON. What it found goes to the file that the plan names."""

import json
import os
import random
import signal
import statistics
import sys
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1] / folder) for folder in (".", "lab")]

from bench import programs  # noqa: E402
from bench.calico_node import SIZES  # noqa: E402
from bench.plan import MANY_FINDINGS, Plan  # noqa: E402
from bench.setting import FINDINGS, Setting, await_poll, found_by, metric  # noqa: E402
from bench.usage import busiest_thread, thread_ns  # noqa: E402

LONGEST_CHANGE = 180  # seconds
NO_POLL = 60  # seconds, on a machine that does too much else
STATES = {"healthy": None, "churn": ("churn 100", "churn 0"), "fault": ("wrong {wrong}", "wrong 0")}


class Bench:
    def __init__(self, plan):
        self.plan, self.size = plan, SIZES[plan.size]
        self.wrong = min(plan.wrong, self.size.routes)
        self.results = {"routes": self.size.routes, "wrong": self.wrong}
        self.setting = Setting(self.size, self.say)
        self.exporters = {
            name: programs.start_exporter(name, number) for number, name in enumerate(programs.exporters())
        }

    def say(self, text):
        print(f"{self.size.name}: {text}", file=sys.stderr, flush=True)

    def run(self):
        """One agent after another: each regime has its own interval."""
        self._regime("1s", self._rounds_of_turns)
        if self.plan.defaults:
            self._regime("5s", self._windows_side_by_side)
        return self.results

    def _regime(self, interval, measure):
        self.agent = self.setting.start_agent(self.plan.agent, interval)
        if interval == "1s":
            self._bird()
            self._scrapes()
        found, memory = {}, {}
        for state in self.plan.states:
            begin, end = STATES[state] or (None, None)
            if begin:
                self._change(begin.format(wrong=self.wrong))
            self.say(f"polls every {interval}, {state}")
            found[state] = measure()
            memory[state] = self._memory()
            for line in memory[state]["found"]:
                self.say(f"  {line}")
            if end:
                self._change(end)
                memory[f"after {state}"] = self._memory()
        if interval == "1s" and "fault" in self.plan.states and self.size.routes >= MANY_FINDINGS:
            self._change(f"wrong {MANY_FINDINGS}", lambda findings: findings >= MANY_FINDINGS)
            memory["many findings"] = self._memory()
            self._change("wrong 0", lambda findings: findings == 0)
            memory["after many findings"] = self._memory()
        self.results[interval] = {"cpu": found, "memory": memory}
        self.agent.end()

    def _change(self, command, is_there=lambda findings: True):
        """It has to reach the kernel, which takes BIRD minutes with many routes, and two polls have to see it."""
        self.setting.peers.tell(command)
        deadline = time.monotonic() + LONGEST_CHANGE
        time.sleep(self.plan.settle)
        while not is_there(metric(self.agent, FINDINGS)) and time.monotonic() < deadline:
            time.sleep(2)
        self.agent.check()

    def _memory(self):
        usage, found = self.agent.usage(), metric(self.agent, FINDINGS)
        return {"rss_mib": usage.rss_mib, "peak_mib": usage.peak_mib, "threads": usage.threads,
                "descriptors": usage.descriptors, "findings": found, "found": found_by(self.agent)}  # fmt: skip

    # Each second: the programs take turns, in another order each round.

    def _rounds_of_turns(self):
        samples = {}
        for number in range(1, self.plan.rounds + 1):
            turns = [("floor", self._turn_of_floor), (programs.AGENT, self._turn_of_agent)]
            turns += [(name, lambda one=one: self._turn_of(one)) for name, one in self.exporters.items()]
            random.shuffle(turns)
            for name, turn in turns:
                samples.setdefault(name, []).append(turn())
            told = [f"{name} {found[-1]['cpu_ms']:.1f} ms" for name, found in sorted(samples.items())]
            self.say(f"  round {number} of {self.plan.rounds}: {', '.join(told)}")
        return samples

    def _turn_of_floor(self):
        return {"cpu_ms": statistics.median(programs.floor(self.plan.floor, self.plan.turn, 1000))}

    def _turn_of(self, exporter):
        before, took = exporter.usage(), []
        for _ in range(self.plan.turn):
            begin = time.monotonic()
            took.append(exporter.scraper.scrape()[0])
            time.sleep(max(0.0, begin + 1 - time.monotonic()))
        return _per(before, exporter.usage(), self.plan.turn, took)

    def _turn_of_agent(self):
        """From the end of a poll to the end of another, with a scrape after each."""
        polls, before = await_poll(self.agent), self.agent.usage()
        begin, took = time.monotonic(), []
        for number in range(1, self.plan.turn + 1):
            time.sleep(max(0.0, begin + number - time.monotonic()))
            took.append(self.agent.scraper.scrape()[0])
        while not (polled := metric(self.agent, "caliwatch_polls_total") - polls):
            if time.monotonic() - begin > NO_POLL:
                sys.exit(f"the agent has not polled for {NO_POLL} s: this machine is too busy to measure anything")
            time.sleep(0.2)
        return {**_per(before, self.agent.usage(), polled, took), "polls": polled}

    # At the defaults: all at once, as on a node; each is scraped at another moment.

    def _windows_side_by_side(self):
        running, samples = {programs.AGENT: self.agent, **self.exporters}, {}
        await_poll(self.agent)
        window = begin = time.monotonic()
        for number in range(1, self.plan.rounds + 1):
            before = {name: program.cpu_ms() for name, program in running.items()}
            for place, program in enumerate(running.values()):
                time.sleep(max(0.0, window + 1 + 2 * place - time.monotonic()))
                program.scraper.scrape()
            window = begin + 15 * number
            time.sleep(max(0.0, window - time.monotonic()))
            for name, program in running.items():
                samples.setdefault(name, []).append({"cpu_ms": 4 * (program.cpu_ms() - before[name])})
            told = [f"{name} {found[-1]['cpu_ms']:.0f} ms" for name, found in sorted(samples.items())]
            self.say(f"  window {number} of {self.plan.rounds}, a minute: {', '.join(told)}")
        return samples

    # What BIRD pays for us, and how long a scrape takes while we poll.

    def _bird(self):
        self.say("BIRD's own time")
        asker, rounds = programs.BirdAsker(), []
        for _ in range(self.plan.rounds):
            self.agent.process.send_signal(signal.SIGSTOP)
            idle = self._bird_ms(lambda: None)
            asked = self._bird_ms(lambda: asker.ask("show protocols all"))
            self.agent.process.send_signal(signal.SIGCONT)
            await_poll(self.agent)
            rounds.append({"idle": idle, "question": asked, programs.AGENT: self._bird_ms(lambda: None)})
        self.results["bird"] = rounds

    def _bird_ms(self, each_second):
        """A second."""
        bird, begin = self.setting.bird, time.monotonic()
        before = bird.cpu_ms()
        for number in range(1, self.plan.turn + 1):
            each_second()
            time.sleep(max(0.0, begin + number - time.monotonic()))
        return (bird.cpu_ms() - before) / self.plan.turn

    def _scrapes(self):
        self.say("scrapes while the agent polls")
        time.sleep(2)
        poller = busiest_thread(self.agent.pid)
        scrapes, end = [], time.monotonic() + 2 * self.plan.turn
        while time.monotonic() < end:
            before = thread_ns(poller)
            took, _ = self.agent.scraper.scrape()
            scrapes.append({"ms": took, "polling": thread_ns(poller) > before})
            time.sleep(0.005)
        self.results["scrapes"] = scrapes


def _per(before, after, times, took):
    return {
        "cpu_ms": (after.cpu_ms - before.cpu_ms) / times,
        "minor_faults": (after.minor_faults - before.minor_faults) / times,
        "major_faults": (after.major_faults - before.major_faults) / times,
        "rss_mib": after.rss_mib,
        "scrape_ms": statistics.median(took),
    }


def main():
    plan = Plan(**json.loads(sys.argv[1]))
    results = Bench(plan).run()
    Path(plan.results).write_text(json.dumps({**plan.about, **results, "load": os.getloadavg()[0]}, indent=1) + "\n")


if __name__ == "__main__":
    main()
