#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Files that others write: configuration, endpoint-status and state; and the disks they are on."""

import contextlib
import json
import os
import re
import shutil
import tempfile
import time
import unittest
from pathlib import Path

from calicolab.waiting import eventually
from harness.main import run_tests
from harness.program import CALIWATCH, built
from harness.tools import ROOT
from harness.watch import PASSED_OVER
from hostile.host import THINGS, Host, remove
from hostile.ordeal import MOST_MEMORY
from hostile.table import row

CONFIGURATIONS = ROOT / "test/hostile/configurations"
STATES = ROOT / "test/hostile/states"
MIB = 1 << 20
# ESC, U+009B, U+202E, U+200B and a byte that is no UTF-8, as the name of a file of endpoint-status has them.
MARKS = "%1b[2J%c2%9b%e2%80%ae%e2%80%8b%ff"
UNPRINTABLE = re.compile(b"[\x00-\x09\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\x8b-\x8f\xa8-\xae]|\xe2\x81[\xa0-\xaf]")


class ConfigurationTest(unittest.TestCase):
    @row(
        "file",
        "a configuration that yaml-cpp never comes back from, nested 2,000 deep, with aliases of aliases, with NUL or "
        "other bytes; a FIFO, a folder, a link to a device or a GiB in its place; SIGHUP at each",
        "each is refused with the place where it goes wrong, the running one stays, polls go on",
    )
    def test_a_bad_configuration_is_refused_and_the_running_one_stays(self):
        with Host() as host:
            config = host.inside / "config.yaml"
            config.write_text("log: {level: debug}\n")
            with host.agent() as agent:
                agent.await_polls()
                makers = dict(THINGS)
                for file in sorted(CONFIGURATIONS.iterdir()):
                    makers[file.name] = lambda path, file=file: shutil.copy(file, path)
                for number, (name, make) in enumerate(makers.items(), start=1):
                    with self.subTest(name):
                        remove(config)
                        make(config)
                        begin = time.monotonic()
                        agent.reload()
                        line = agent.await_log("configuration refused, the running one stays", times=number)
                        print(f"{name}: {time.monotonic() - begin:.2f} s: {line[line.find('error=') :]}")
                        self.assertIn("config.yaml", line)
                self.assertEqual(agent.metric("caliwatch_config_last_reload_successful"), 0)
                agent.await_polls()
                remove(config)
                config.write_text("log: {level: info}\n")
                agent.reload()
                agent.await_log("configuration read again")
                print(f"resident at most: {agent.most_resident() / MIB:.1f} MiB")
                self.assertLess(agent.most_resident(), MOST_MEMORY)


class EndpointStatusTest(unittest.TestCase):
    @row(
        "file",
        "60 files of endpoint-status of 1 MiB, nested a million deep; others empty, cut off, of other types, with NUL "
        "and other bytes, with a name that steers a terminal; a FIFO, a folder, a link to a device",
        "the source says how many files are of no use and which is the first; the other workload's fault is found, and "
        "none is made up; no output holds what steers a terminal; at most 64 MiB resident",
    )
    def test_bad_endpoint_files_hide_no_other_workload_and_make_nothing_up(self):
        with Host() as host:
            host.run("ip", "link", "add", "cali1", "type", "veth", "peer", "name", "peer1")
            host.run("ip", "link", "set", "peer1", "up")
            for number in (2, 3):
                host.run("ip", "link", "add", f"cali{number}", "type", "veth", "peer", "name", f"peer{number}")
                host.run("ip", "link", "set", f"cali{number}", "up")
                host.run("ip", "link", "set", f"peer{number}", "up")
            folder = host.inside / "run/endpoint-status"
            folder.mkdir(parents=True)
            good = {"ifaceName": "cali1", "mac": "02:00:00:00:00:01", "ipv4Nets": ["10.65.0.2/32"]}
            (folder / f"k8s default%2Fgood{MARKS} eth0").write_text(json.dumps(good))
            self.make_bad_files(folder)
            with host.agent() as agent:
                findings = agent.await_log("workload_interface_down")
                agent.await_polls(20)
                report = json.loads(agent.ask("/api/v1/report"))
                found = {finding["check"] for finding in report["findings"]} - PASSED_OVER
                self.assertEqual(found, {"workload_interface_down"})
                self.assertIn("10.65.0.2", findings)
                self.assertEqual(agent.metric('caliwatch_source_up{source="endpoint_status"}'), 0)
                (source,) = (one for one in report["sources"] if one["source"] == "endpoint_status")
                self.assertRegex(
                    source["error"], r"68 of 69 files in endpoint-status are of no use, the first of them: .*"
                )
                outputs = {path: agent.ask(path) for path in ("/metrics", "/api/v1/report", "/")}
                outputs["log"] = agent.log().encode()
                for name, output in outputs.items():
                    self.assertEqual(b"pod default/good" in output, name != "/metrics", name)
                    self.assertEqual(UNPRINTABLE.findall(output), [], name)
                print(f"resident at most: {agent.most_resident() / MIB:.1f} MiB; {source['error']}")
                self.assertLess(agent.most_resident(), MOST_MEMORY)

    @staticmethod
    def make_bad_files(folder):
        for number in range(60):
            (folder / f"k8s default%2Fbig-{number} eth0").write_text("[" * MIB)
        contents = [b'{"ifaceName": "cali2"', b"[]", b"\0\0", b'{"ifaceName": 2.2e75}', b'{"mac": {"a": [1]}}', b"\xff"]
        for number, content in enumerate(contents):
            (folder / f"k8s default%2Fbad-{number} eth0").write_bytes(content)
        os.mkfifo(folder / "k8s default%2Ffifo eth0")
        (folder / "k8s default%2Flink eth0").symlink_to("/dev/zero")
        (folder / "k8s default%2Ffolder eth0").mkdir()


class StateFileTest(unittest.TestCase):
    @row(
        "file",
        "a state file with 2.2e75 for a number, a prefix of 129 bits, JSON nested a million deep, cut off, of other "
        "bytes; a FIFO, a folder, a link to a device or a GiB in its place; a FIFO or a link at state.new",
        "the agent says which file it cannot use, starts without, sets it aside, and writes a new one; nothing is "
        "written through a link; at most 64 MiB resident",
    )
    def test_a_bad_state_file_is_told_set_aside_and_replaced(self):
        makers = dict(THINGS)
        for file in sorted(STATES.iterdir()):
            makers[file.name] = lambda path, file=file: shutil.copy(file, path)
        makers["nested"] = lambda path: path.write_text("[" * 1_000_000 + "\n")
        makers["other bytes"] = lambda path: path.write_bytes(b"\xff\0" * 100_000)
        for name, make in makers.items():
            with self.subTest(name), Host() as host:
                make(host.inside / "state")
                os.mkfifo(host.inside / "state.new")
                with host.agent() as agent:
                    line = agent.await_log("starting without what was known before")
                    agent.await_polls()
                    self.assertTrue(agent.state.is_file())  # a FIFO would have us wait
                    self.assertTrue(json.loads(agent.state.read_text().splitlines()[0])["caliwatch_state"])
                    self.assertFalse(agent.state.is_symlink())
                    aside = sorted(path.name for path in host.inside.glob("state?*"))
                    print(
                        f"{name}: {aside}, {agent.most_resident() / MIB:.1f} MiB: {line[line.find('error=') :][:160]}"
                    )
                    self.assertIn(aside, (["state.bad"], ["state.unread"]))
                    self.assertEqual(agent.metric("caliwatch_state_file_errors_total"), 0)
                    self.assertLess(agent.most_resident(), MOST_MEMORY)

    def kept_state(self, host):
        with host.agent() as agent:
            agent.await_polls()
            return agent.state.read_bytes()

    @row(
        "disk",
        "full",
        "the agent says so, runs on, keeps the old state whole, and writes the new one once there is room",
    )
    def test_a_full_disk_costs_no_more_than_the_new_state(self):
        with Host(size="64k") as host:
            before = self.kept_state(host)
            filler = host.inside / "filler"
            with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
                while True:
                    file.write(b"x" * 4096)
            with host.agent() as agent:
                self.assertIn("No space left on device", agent.await_log("cannot write the state file"))
                agent.await_polls(4)
                self.assertEqual(agent.state.read_bytes(), before)
                self.assertGreater(agent.metric("caliwatch_state_file_errors_total"), 1)
                self.assertTrue(eventually(lambda: not agent.state.with_name("state.new").exists()))
                inode = agent.state.stat().st_ino
                filler.unlink()
                self.assertTrue(eventually(lambda: agent.state.stat().st_ino != inode))

    @row("disk", "read-only", "the agent says so, runs on, and writes its state once it may")
    def test_a_disk_that_is_read_only_is_told_and_waited_for(self):
        with Host(size="64k") as host:
            before = self.kept_state(host)
            host.run("mount", "-o", "remount,ro", host.folder)
            with host.agent() as agent:
                self.assertIn("Read-only file system", agent.await_log("cannot write the state file"))
                agent.await_polls(4)
                self.assertEqual(agent.state.read_bytes(), before)
                inode = agent.state.stat().st_ino
                host.run("mount", "-o", "remount,rw", host.folder)
                self.assertTrue(eventually(lambda: agent.state.stat().st_ino != inode))

    @unittest.skipUnless(shutil.which("strace"), "strace is missing")
    @row(
        "disk",
        "loses what was not synced, when the power goes",
        "the state's contents are synced before it gets its name, and the name after it (the order of the calls, by "
        "strace)",
    )
    def test_the_state_is_on_the_disk_before_it_has_its_name(self):
        with Host() as host, tempfile.TemporaryDirectory() as traces:
            calls = "trace=openat,write,fsync,fdatasync,rename,renameat,renameat2"
            # A file for each thread: in one for all, a call stands in two pieces where another thread's comes between.
            strace = ["strace", "-D", "-ff", "-y", "-qq", "-o", f"{traces}/thread", "-e", calls]
            with host.agent(prefix=strace) as agent:
                agent.await_polls()
            state = str(host.folder / "state")
            steps = [
                rf'openat\(.*"{state}\.new".*O_EXCL.*O_NOFOLLOW.*\) = \d+',
                rf"write\(\d+<{state}\.new>",
                rf"fsync\(\d+<{state}\.new>\)\s+= 0",
                rf'rename\w*\(.*"{state}\.new".*"{state}".*\)\s+= 0',
                rf"fsync\(\d+<{host.folder}>\)\s+= 0",
            ]
            synced = re.compile(steps[-1])
            told = lambda: [text for each in Path(traces).iterdir() if synced.search(text := each.read_text())]
            self.assertTrue(eventually(told), steps[-1])  # strace may end after the agent
            lines = told()[0].splitlines()
            for step in steps:
                place = next((i for i, line in enumerate(lines) if re.search(step, line)), None)
                self.assertIsNotNone(place, step)
                print(lines[place][:150])
                lines = lines[place + 1 :]


if __name__ == "__main__":
    built()
    run_tests(CALIWATCH)
