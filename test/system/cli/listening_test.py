#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Where the agent listens: by default on IPv4 and IPv6, and on what there is where one of them is missing."""

import subprocess
import sys
import unittest

from harness.main import run_tests
from harness.program import NAMESPACE, Agent, caliwatch

WITHOUT_IPV6 = [sys.executable, "-m", "harness.without_ipv6"]
URLS = {"ipv4": "http://127.0.0.1:{}/metrics", "ipv6": "http://[::1]:{}/metrics"}


def in_new_namespace(setup="true"):
    """Prefix of a command: a network of its own, with loopback alone, and `setup` done there."""
    return [*NAMESPACE, "sh", "-c", f'ip link set lo up && {setup} && exec "$@"', "sh"]


def answering(agent):
    """The families on whose loopback address it serves its metrics, asked where it is."""
    inside = ["nsenter", f"--target={agent.pid}", "--user", "--net", "--preserve-credentials"]
    curl = ["curl", "--silent", "--fail", "--globoff", "--retry", "50", "--retry-delay", "1", "--output", "/dev/null"]
    ask = lambda url: subprocess.run([*inside, *curl, url.format(agent.port)], timeout=60).returncode == 0
    return [family for family, url in URLS.items() if ask(url)]


def why_ipv4_alone(agent):
    """What it said at its start; empty: nothing, it listens on both."""
    told = [line for line in agent.log_so_far() if "listening on IPv4 alone" in line]
    return told[0].partition("reason=")[2] if told else ""


def with_ipv6():
    """Skips where no program can listen on IPv6, as civetweb has it."""
    done = caliwatch("agent", "--web.listen-address", "[fd00::1]:1", prefix=in_new_namespace())
    if "built without IPv6" in done.stderr:
        raise unittest.SkipTest("this system's civetweb is built without IPv6 (that of Debian 13 has it)")


class Listening(unittest.TestCase):
    def test_by_default_every_address_of_ipv4_and_of_ipv6_if_civetweb_has_it_is_answered(self):
        with Agent(prefix=in_new_namespace(), listen=None) as agent:
            self.assertEqual(agent.port, 10179)
            if reason := why_ipv4_alone(agent):
                self.assertIn("built without IPv6", reason)
                self.assertEqual(answering(agent), ["ipv4"])
            else:
                self.assertEqual(answering(agent), ["ipv4", "ipv6"])
        with_ipv6()

    def test_where_no_interface_has_ipv6_a_port_alone_is_served_on_ipv4(self):
        off = "echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6"
        with Agent(prefix=in_new_namespace(off), listen=":0") as agent:
            self.assertEqual(answering(agent), ["ipv4"])

    def test_where_the_kernel_has_no_ipv6_a_port_alone_is_served_on_ipv4_and_the_log_says_so(self):
        with Agent(prefix=WITHOUT_IPV6, listen=":0") as agent:
            self.assertEqual(agent.ask("/-/healthy")[0], 200)
            self.assertRegex(why_ipv4_alone(agent), "this node has no IPv6|built without IPv6")
        with_ipv6()

    def test_an_address_that_is_named_is_never_another(self):
        for prefix in (WITHOUT_IPV6, in_new_namespace()):
            done = caliwatch("agent", "--web.listen-address", "[fd00::1]:10179", prefix=prefix)
            self.assertEqual(done.returncode, 1)
            self.assertIn("cannot listen on [fd00::1]:10179", done.stderr)
        with_ipv6()
        for address, family in (
            ("127.0.0.1:0", "ipv4"),
            ("0.0.0.0:0", "ipv4"),
            ("[::1]:0", "ipv6"),
            ("[::]:0", "ipv6"),
        ):
            with self.subTest(address), Agent(prefix=in_new_namespace(), listen=address) as agent:
                self.assertEqual(answering(agent), [family])


if __name__ == "__main__":
    run_tests(lab=False)
