#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The lab's Felix leaves on a node, and tells of itself, what the real one of each version does."""

import unittest

from calicolab import Lab, health_table
from calicolab.errors import LabError
from calicolab.version import VERSIONS, Calico
from calicolab.waiting import eventually
from harness.lab_state import NODE, POD, VETH_1, link, rows, told
from harness.main import run_tests

COLUMNS = ("COMPONENT", "TIMEOUT", "LIVENESS", "READINESS", "DETAIL")
HEALTHY = """\
+---------------------------+---------+----------------+-----------------+--------+
|         COMPONENT         | TIMEOUT |    LIVENESS    |    READINESS    | DETAIL |
+---------------------------+---------+----------------+-----------------+--------+
| CalculationGraph          | 30s     | reporting live | reporting ready |        |
| FelixStartup              | -       | reporting live | reporting ready |        |
| InternalDataplaneMainLoop | 1m30s   | reporting live | reporting ready |        |
+---------------------------+---------+----------------+-----------------+--------+"""
# What the two libraries themselves print, with the same cells.
LONG = [
    ["CalculationGraph", "30s", "reporting live", "reporting ready", ""],
    [
        "FelixStartup", "-", "reporting live", "reporting non-ready",
        "waiting for the datastore to be ready and for something else to happen",
    ],
    ["InternalDataplaneMainLoop", "1m30s", "timed out", "-", "a detail of exactly thirty-two c"],
]  # fmt: skip
BY_TABLEWRITER = """\
+---------------------------+---------+----------------+---------------------+--------------------------------+
|         COMPONENT         | TIMEOUT |    LIVENESS    |      READINESS      |             DETAIL             |
+---------------------------+---------+----------------+---------------------+--------------------------------+
| CalculationGraph          | 30s     | reporting live | reporting ready     |                                |
| FelixStartup              | -       | reporting live | reporting non-ready | waiting for the datastore to   |
|                           |         |                |                     | be ready and for something     |
|                           |         |                |                     | else to happen                 |
| InternalDataplaneMainLoop | 1m30s   | timed out      | -                   | a detail of exactly thirty-two |
|                           |         |                |                     | c                              |
+---------------------------+---------+----------------+---------------------+--------------------------------+"""
# The second of LONG would make it too wide for this page.
BY_GO_PRETTY = """\
+---------------------------+---------+----------------+-----------------+----------------------------------+
| COMPONENT                 | TIMEOUT | LIVENESS       | READINESS       | DETAIL                           |
+---------------------------+---------+----------------+-----------------+----------------------------------+
| CalculationGraph          | 30s     | reporting live | reporting ready |                                  |
| InternalDataplaneMainLoop | 1m30s   | timed out      | -               | a detail of exactly thirty-two c |
+---------------------------+---------+----------------+-----------------+----------------------------------+"""


def ask(lab, path, node=NODE):
    """(curl's exit code, HTTP code, body): 7 is refused, 28 no answer in time."""
    argv = ["curl", "--silent", "--max-time", "1", "--write-out", "\n%{http_code}", f"http://127.0.0.1:9099{path}"]
    done = lab.node(node).run(argv, check=False)
    body, _, code = done.stdout.rpartition("\n")
    return done.returncode, int(code), body


class HealthTables(unittest.TestCase):
    def test_they_are_drawn_as_the_two_libraries_draw_them(self):
        self.assertEqual(health_table.centred(COLUMNS, LONG), BY_TABLEWRITER)
        self.assertEqual(health_table.left(COLUMNS, [LONG[0], LONG[2]]), BY_GO_PRETTY)

    def test_each_version_has_one(self):
        tables = {name: Calico(name).health_table for name in VERSIONS}
        older = dict.fromkeys(VERSIONS[:-1], health_table.centred)
        self.assertEqual(tables, {**older, "3.33": health_table.left})

    def test_an_unknown_version_is_refused_with_those_that_are_known(self):
        with self.assertRaisesRegex(LabError, "3.28, 3.29, 3.30, 3.31, 3.32, 3.33, not '3.4'"):
            Lab(calico="3.4")


class Health(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.lab = Lab(nodes=1, pods=1, families=("ipv4",))
        cls.addClassCleanup(cls.lab.close)
        cls.lab.start()

    def setUp(self):
        self.addCleanup(self.lab.heal)

    def test_a_healthy_felix_says_200_and_which_components_it_has(self):
        self.assertEqual(ask(self.lab, "/readiness"), (0, 200, HEALTHY))
        self.assertEqual(ask(self.lab, "/liveness"), (0, 200, HEALTHY))
        self.assertEqual(ask(self.lab, "/metrics")[1], 404)

    def test_its_answer_has_the_lines_of_gos_server(self):
        shell = self.lab.node(NODE).run(["curl", "--silent", "--include", "http://127.0.0.1:9099/readiness"]).stdout
        head, _, body = shell.partition("\r\n\r\n")
        names = [line.partition(":")[0] for line in head.splitlines()]
        self.assertEqual(names, ["HTTP/1.1 200 OK", "Date", "Content-Length", "Content-Type"])
        self.assertIn(f"Content-Length: {len(body)}", head)
        self.assertFalse(body.endswith("\n"))

    def test_it_listens_at_no_other_address(self):
        listening = self.lab.node(NODE).run(["ss", "-Htln", "sport = :9099"]).stdout.split()
        self.assertEqual(listening[3], "127.0.0.1:9099")

    def test_one_component_that_is_not_ready_makes_it_503(self):
        self.lab.fault("felix-not-ready", NODE, "FelixStartup")
        _, code, body = ask(self.lab, "/readiness")
        self.assertEqual(code, 503)
        self.assertIn("| FelixStartup              | -       | reporting live | reporting non-ready |        |", body)
        self.assertEqual(ask(self.lab, "/liveness")[1], 200)
        with self.assertRaisesRegex(LabError, "has no component 'Typha'"):
            self.lab.fault("felix-not-ready", NODE, "Typha")

    def test_a_loop_that_hangs_makes_it_neither_live_nor_ready(self):
        self.lab.fault("felix-not-live")
        self.assertEqual([ask(self.lab, path)[1] for path in ("/readiness", "/liveness")], [503, 503])
        self.assertRegex(ask(self.lab, "/liveness")[2], r"MainLoop \| 1m30s +\| timed out +\| timed out ")

    def test_a_frozen_felix_takes_the_connection_and_says_nothing(self):
        self.lab.fault("felix-hung")
        self.assertEqual(ask(self.lab, "/readiness")[:2], (28, 0))
        self.lab.heal()
        self.assertEqual(ask(self.lab, "/readiness")[:2], (0, 200))

    def test_a_dead_felix_refuses(self):
        self.lab.fault("felix-dead")
        self.assertEqual(ask(self.lab, "/readiness")[:2], (7, 0))
        with self.assertRaisesRegex(LabError, "is away already"):
            self.lab.fault("felix-hung")
        self.lab.heal()
        self.assertEqual(ask(self.lab, "/readiness")[:2], (0, 200))

    def files(self):
        return told(self.lab, NODE, "ls $CALICO_RUN_DIR/endpoint-status").splitlines()

    def test_what_happens_while_it_is_away_it_does_when_it_is_back(self):
        for name in ("felix-dead", "felix-hung", "felix-not-ready", "felix-not-live"):
            gone = self.lab.add_pod(NODE, "default/gone")
            self.lab.fault(name)
            self.lab.delete_pod(NODE, gone["name"])
            new = self.lab.add_pod(NODE, "default/new")
            files = ["k8s default%2Fgone eth0", "k8s default%2Fnode1-pod1 eth0"]
            if name == "felix-not-ready":  # it hears of interfaces all the same, from the kernel
                self.assertTrue(eventually(lambda: self.files() == files[1:]), self.files())
            else:
                self.assertEqual(self.files(), files, name)
            (route,) = rows(self.lab, NODE, "route", "show", new["ipv4"])
            self.assertNotIn("metric", route, "the CNI plugin's")
            self.lab.heal()
            self.assertEqual(self.files(), ["k8s default%2Fnew eth0", "k8s default%2Fnode1-pod1 eth0"], name)
            (route,) = rows(self.lab, NODE, "route", "show", new["ipv4"])
            self.assertEqual(route["metric"], 1024, "Felix'")
            self.lab.delete_pod(NODE, new["name"])

    def test_an_older_version_leaves_the_files_of_before_and_its_own_routes(self):
        self.lab.fault("roll-back")
        before = told(self.lab, NODE, "cat $CALICO_RUN_DIR/endpoint-status/*")
        pod = self.lab.add_pod(NODE, "default/late")
        self.assertEqual(told(self.lab, NODE, "cat $CALICO_RUN_DIR/endpoint-status/*"), before)
        for address in (pod["ipv4"], "192.168.11.1"):
            (route,) = rows(self.lab, NODE, "route", "show", address)
            self.assertNotIn("metric", route)
        self.lab.heal()
        self.assertIn("k8s default%2Flate eth0", self.files())
        self.lab.delete_pod(NODE, pod["name"])


class ByVersion(unittest.TestCase):
    """One node in each lab: what does not need others."""

    def test_routes_and_files_of_each_version(self):
        for calico, metric, text in (("3.29", None, None), ("3.30", None, "json"), ("3.32", 1024, "json")):
            with self.subTest(calico), Lab(nodes=1, pods=1, calico=calico) as lab:
                (route,) = rows(lab, NODE, "route", "show", "192.168.11.1")
                self.assertEqual((route.get("metric"), route["scope"]), (metric, "link"))
                self.assertNotIn("protocol", route, "ip leaves boot out")
                (route,) = rows(lab, NODE, "-6", "route", "show", "fd10::11:1")
                self.assertEqual(route["metric"], 1024)
                folder = told(lab, NODE, "ls $CALICO_RUN_DIR")
                self.assertEqual("endpoint-status" in folder, text is not None)

    def test_markers_are_empty_and_their_folder_is_odd(self):
        with Lab(nodes=1, pods=1, calico="3.29", endpoint_status=True) as lab:
            command = "cd $CALICO_RUN_DIR; stat -c %a endpoint-status; stat -c '%s %n' endpoint-status/*"
            listed = told(lab, NODE, command)
            self.assertEqual(listed, "655\n0 endpoint-status/k8s default%2Fnode1-pod1 eth0\n")

    def test_markers_stand_beside_the_files_of_a_newer_version(self):
        with Lab(nodes=1, pods=1, endpoint_status=True) as lab:
            lab.fault("roll-back", NODE, "3.28")
            lab.add_pod(NODE, "default/late")
            listed = told(lab, NODE, "cd $CALICO_RUN_DIR/endpoint-status; find -size 0; find -type f -size +0")
            self.assertEqual(listed, "./k8s default%2Flate eth0\n./k8s default%2Fnode1-pod1 eth0\n")

    def test_a_file_is_one_line_without_blanks(self):
        with Lab(nodes=1, pods=1) as lab:
            text = told(lab, NODE, "cat $CALICO_RUN_DIR/endpoint-status/*")
            nets = '"ipv4Nets":["192.168.11.1/32"],"ipv6Nets":["fd10::11:1/128"]'
            self.assertEqual(text, f'{{"ifaceName":"{VETH_1}",{nets}}}')


class Tunnels(unittest.TestCase):
    def test_the_device_has_calicos_attributes_and_its_mac_tells_the_nodes_name(self):
        with Lab(nodes=2, pods=1, encap="vxlan", calico="3.30") as lab:
            (device,) = rows(lab, NODE, "-details", "link", "show", "vxlan.calico")
            data = device["linkinfo"]["info_data"]
            self.assertEqual(device["address"], "66:f9:37:c3:7e:94", "sha1sum of node1")
            self.assertEqual(
                [data[name] for name in ("id", "local", "link", "port", "learning")],
                [4096, "10.39.1.11", "eth0", 4789, False],
            )
            (route,) = rows(lab, NODE, "-details", "route", "show", "192.168.12.0/26")
            self.assertEqual((route["protocol"], route["flags"]), ("boot", ["onlink"]))
            self.assertNotIn("metrics", route)

    def test_routes_through_the_tunnel_have_its_mtu_from_3_31_on(self):
        with Lab(nodes=2, pods=1, encap="vxlan", calico="3.31", families=("ipv4",)) as lab:
            (route,) = rows(lab, NODE, "route", "show", "192.168.12.0/26")
            self.assertEqual(route["metrics"], [{"mtu": 1450}])


class Restoring(unittest.TestCase):
    """A second of Felix takes a twentieth of one."""

    def test_what_is_deleted_or_changed_comes_back(self):
        options = {"families": ("ipv4",), "felix_pace": 0.05}
        with Lab(nodes=2, pods=1, encap="vxlan", **options) as lab:
            for broken in (
                "ip route del 192.168.11.1", "ip route add 192.168.11.1 dev " + VETH_1, "ip route del 192.168.12.0/26",
                "ip route del blackhole 192.168.11.0/26", "ip neigh del 192.168.12.0 dev vxlan.calico",
                "bridge fdb del $(bridge fdb | grep 10.39.1.12 | cut -d' ' -f1) dev vxlan.calico dst 10.39.1.12",
                "ip link set vxlan.calico down", "ip link set vxlan.calico mtu 1400", "ip link del vxlan.calico",
                "ip addr del 192.168.11.0/32 dev vxlan.calico", "rm $CALICO_RUN_DIR/endpoint-status/*",
                "for file in $CALICO_RUN_DIR/endpoint-status/*; do echo > \"$file\"; done",
            ):  # fmt: skip
                with self.subTest(broken):
                    before = self.state(lab)
                    lab.node(NODE).run(["sh", "-c", broken])
                    self.assertNotEqual(self.state(lab), before)
                    self.assertTrue(eventually(lambda: self.state(lab) == before), self.state(lab))

    def state(self, lab):
        return told(
            lab, NODE,
            "cat $CALICO_RUN_DIR/endpoint-status/*; ip route; ip neigh show nud permanent; bridge fdb | grep dst;"
            " ip -brief address show vxlan.calico; ip -o link show vxlan.calico | cut -d' ' -f3-",
        )  # fmt: skip

    def test_a_route_of_a_pod_that_felix_never_hears_of_goes_again(self):
        with Lab(nodes=1, pods=1, families=("ipv4",), felix_pace=0.02) as lab:
            lab.fault("felix-not-ready")
            pod = lab.add_pod(NODE)
            self.assertTrue(eventually(lambda: rows(lab, NODE, "route", "show", pod["ipv4"]) == []))
            lab.heal()
            self.assertEqual(len(rows(lab, NODE, "route", "show", pod["ipv4"])), 1)

    def test_an_interface_that_does_not_run_has_neither_file_nor_route(self):
        with Lab(nodes=1, pods=1, families=("ipv4",)) as lab:
            shown = lambda: told(lab, NODE, "cat $CALICO_RUN_DIR/endpoint-status/*; ip route show dev " + VETH_1)
            before = shown()
            for where, device in ((NODE, VETH_1), (POD, "eth0")):
                lab.node(where).run(["ip", "link", "set", device, "down"])
                self.assertTrue(eventually(lambda: shown() == ""), device)
                lab.node(where).run(["ip", "link", "set", device, "up"])
                self.assertTrue(eventually(lambda: shown() == before), device)
            self.assertIn("UP", link(lab, NODE, VETH_1)["flags"])


if __name__ == "__main__":
    run_tests()
