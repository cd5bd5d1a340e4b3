#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The image itself, built from the Dockerfile: small, and as a pod of each profile of the chart, with that profile's
rights and no others, it tells of a lab's node what the agent tells that has all rights; under IPv4, IPv6 and both."""

import contextlib
import signal
import unittest

from calicolab import Lab, addressing
from calicolab.addressing import host_address
from calicolab.metrics import by, samples
from calicolab.waiting import eventually
from deploy import chart
from harness.image import Pod, image, size
from harness.main import run_tests
from harness.program import CALIWATCH

NODE = "node1"
# {profile: the chart's value, the agent's own flags, the sources that it reads beside the others}
PROFILES = {
    "base": ([], ["--probe.nodes"], {"felix"}),
    "checkPods": (["--set=checkPods.enabled=true"], ["--probe.nodes", "--check.pods"], {"felix", "pods"}),
}  # fmt: skip
MOST_BYTES = 15_000_000
OF_THE_MACHINE = "neighbor_table_full"  # the table is one for all namespaces: another's lab may fill it meanwhile


def pod_spec(*arguments):
    return chart.one("DaemonSet", *arguments)["spec"]["template"]["spec"]


class ImageTest(unittest.TestCase):
    def test_it_is_small_and_runs_as_no_root(self):
        path, said = image()
        print(f"{size(path)} bytes")
        self.assertLessEqual(size(path), MOST_BYTES)
        config = said["OCIv1"]["config"]
        self.assertEqual(config["User"], "65534:0")
        self.assertEqual(config["Entrypoint"], ["/usr/bin/caliwatch"])
        self.assertEqual(config["Labels"]["org.opencontainers.image.licenses"], "Apache-2.0")


class PodsOfItTest(unittest.TestCase):
    families = ("ipv4", "ipv6")

    @classmethod
    def setUpClass(cls):
        image()
        cls.lab = Lab(nodes=2, pods=2, families=cls.families, agent=CALIWATCH)
        cls.addClassCleanup(cls.lab.close)
        cls.lab.start()
        cls.lab.kill_agent(NODE)
        folders = cls.inside("echo $CALICO_RUN_DIR $CALICO_LIB_DIR $NETNS_DIR").split()
        cls.host = dict(zip(("/var/run/calico", "/var/lib/calico", "/run/netns"), folders))

    @classmethod
    def inside(cls, command, node=NODE):
        return cls.lab.node(node).run(["sh", "-c", command]).stdout

    @staticmethod
    def series(text):
        """The names and labels of all that is told of the node; of itself an agent tells other things."""
        lines = (line.rpartition(" ")[0] for line in text.splitlines() if line.startswith("caliwatch_"))
        lines = {line for line in lines if not line.startswith(("caliwatch_build_info", "caliwatch_http_"))}
        return {line for line in lines if OF_THE_MACHINE not in line}

    def by_the_one_with_all_rights(self, profile):
        """What an agent as the lab's root says in the pod's place."""
        _, flags, sources = PROFILES[profile]
        with self.lab.node(NODE).start(["caliwatch", "agent", "--web.listen-address=:10179", *flags]) as running:
            text = self.settled(self.metrics_here, sources)
            running.stop(signal.SIGKILL)
        return self.series(text)

    def settled(self, ask, sources):
        """Its metrics, as `ask` gets them, once it has read everything; fails where it does not."""
        text = ""

        def read():
            nonlocal text
            text = ask()
            up = {source for source, is_up in by(text, "caliwatch_source_up", "source").items() if is_up}
            return sources <= up and samples(text, "caliwatch_felix_up")

        self.assertTrue(eventually(read, timeout=60), text)
        return text

    @contextlib.contextmanager
    def pod(self, profile):
        with Pod(self.lab, NODE, pod_spec(*PROFILES[profile][0]), self.host) as pod:
            self.assertTrue(eventually(lambda: self.health("ready", pod) == 200, timeout=60), pod.log())
            yield pod

    def health(self, what, pod):
        """As the kubelet asks: at the node's loopback."""
        self.assertTrue(pod.runs(), pod.log())
        ask = f"curl --silent --output /dev/null --write-out '%{{http_code}}' http://127.0.0.1:10180/-/{what} || true"
        return int(self.inside(ask))

    def metrics(self, family):
        """As Prometheus asks: from elsewhere, at the node's address."""
        address = host_address(family, 11)
        url = f"http://[{address}]:10179/metrics" if family == "ipv6" else f"http://{address}:10179/metrics"
        return self.inside(f"curl --silent --globoff --max-time 10 '{url}' || true", node="node2")

    def metrics_here(self):
        return self.inside("curl --silent --max-time 10 http://127.0.0.1:10179/metrics || true")

    def test_each_profile_tells_all_that_an_agent_with_all_rights_tells(self):
        for profile, (_, _, sources) in PROFILES.items():
            with self.subTest(profile):
                wanted = self.by_the_one_with_all_rights(profile)
                with self.pod(profile) as pod:
                    for family in self.families:
                        text = self.settled(lambda at=family: self.metrics(at), sources)
                        self.assert_well(text, wanted, pod)

    def assert_well(self, text, wanted, pod):
        self.assertEqual(self.series(text) ^ wanted, set(), pod.log())
        down = {source for source, up in by(text, "caliwatch_source_up", "source").items() if not up}
        self.assertEqual(down, set(), pod.log())
        others = {(each, host_address(each, 12)) for each in self.families}
        self.assertEqual(by(text, "caliwatch_bgp_peer_up", "family", "peer"), dict.fromkeys(others, 1.0))
        found = by(text, "caliwatch_check_findings", "check")
        self.assertEqual({check for check, count in found.items() if count} - {OF_THE_MACHINE}, set(), text)

    def test_it_lives_on_when_the_nodes_address_is_taken_away_and_says_so(self):
        family = self.families[0]
        address = self.inside(f"ip -{family[-1]} -o addr show dev eth0 scope global").split()[3]
        told = lambda: by(self.metrics_here(), "caliwatch_check_findings", "check")
        with self.pod("base") as pod:
            self.inside(f"ip addr del {address} dev eth0")
            try:
                self.assertTrue(eventually(lambda: told().get("bgp_source_address_not_local"), timeout=60), told())
                self.assertEqual(self.health("healthy", pod), 200)
            finally:
                self.inside(f"ip addr add {address} dev eth0 && ip -{family[-1]} route replace {self.way_out(family)}")

    @staticmethod
    def way_out(family):
        """What the kernel has taken with the address."""
        return f"default via {host_address(family, addressing.GATEWAY_OCTET)} dev eth0"


class Ipv4Test(PodsOfItTest):
    families = ("ipv4",)


class Ipv6Test(PodsOfItTest):
    families = ("ipv6",)


if __name__ == "__main__":
    run_tests()
