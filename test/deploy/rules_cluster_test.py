# SPDX-License-Identifier: Apache-2.0
"""One cause, one alert: what a whole cluster's series make of the rules over an hour, with promtool."""

import tempfile
import unittest
from pathlib import Path

from deploy.cluster_series import Cluster, promtool_test
from harness.main import run_tests
from harness.tools import ROOT, run, unpacked_tool

RULES = ROOT / "deploy/prometheus/rules.yaml"


class ClusterTest(unittest.TestCase):
    def setUp(self):
        self.promtool = self.find_promtool()

    def find_promtool(self):
        return unpacked_tool("promtool")

    def assert_fires(self, clusters, pages=None, **fired):
        """Exactly these alerts, within the hour; clusters: one, or a list; pages: those of them that are critical,
        where a test is about that."""
        clusters = clusters if isinstance(clusters, list) else [clusters]
        asked = {".+": fired} if pages is None else {".+": fired, "critical": pages}
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "test.yaml").write_text(promtool_test(RULES, clusters, asked))
            answer = run(self.promtool, "test", "rules", "test.yaml", cwd=folder)
        self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)


class NobodyIsWoken(ClusterTest):
    def test_when_nothing_happens(self):
        self.assert_fires(Cluster(families=("ipv4", "ipv6")))

    def test_when_calico_node_is_updated_on_one_node_after_the_other(self):
        cluster = Cluster(families=("ipv4", "ipv6"))
        for number, node in enumerate(cluster.names):
            cluster.restart_bird(node, 5 + 3 * number, away=1.5, held_back=0.5)
        self.assert_fires(cluster)

    def test_when_an_update_restarts_all_birds_twice_and_at_once(self):
        cluster = Cluster()
        for node in cluster.names:
            cluster.restart_bird(node, 5, away=1, held_back=0.75)
            cluster.restart_bird(node, 20, away=1, held_back=0.75)
        self.assert_fires(cluster)

    def test_when_the_agents_are_updated_together_with_calico_node(self):
        cluster = Cluster(families=("ipv4", "ipv6"))
        for number, node in enumerate(cluster.names):
            cluster.restart_bird(node, 5 + 5 * number, away=1)
            cluster.no_agent(node, 5 + 5 * number, 8 + 5 * number)
        self.assert_fires(cluster)

    def test_when_every_node_reboots_in_turn(self):
        for minutes in (2, 8):
            cluster = Cluster()
            for number, node in enumerate(cluster.names):
                cluster.reboot(node, 3 + 10 * number, minutes)
            self.assert_fires(cluster)

    def test_when_a_session_is_lost_for_four_minutes_again_and_again(self):
        cluster = Cluster()
        for start in range(5, 50, 5):
            cluster.sessions_down("node-1", start, start + 4, peers=["node-2"])
        self.assert_fires(cluster)

    def test_when_an_update_pulls_its_image_for_two_and_a_half_minutes_on_each_node(self):
        cluster = Cluster(families=("ipv4", "ipv6"))
        for number, node in enumerate(cluster.names):
            cluster.restart_bird(node, 5 + 5 * number, away=2.5, held_back=0.5)
        self.assert_fires(cluster)

    def test_when_spot_nodes_are_reclaimed_and_others_take_their_place(self):
        cluster = Cluster(nodes=8)
        for number, (gone, new) in enumerate((("node-1", "node-6"), ("node-2", "node-7"), ("node-3", "node-8"))):
            cluster.power_off(gone, 10 + number)
            cluster.deleted(gone, 14 + 2 * number)
            cluster.joins(new, 12 + number)
        self.assert_fires(cluster)

    def test_when_nodes_that_were_scaled_away_stay_in_the_api_for_sixteen_minutes(self):
        cluster = Cluster(nodes=6)
        for number, node in enumerate(("node-4", "node-5", "node-6")):
            cluster.power_off(node, 10 + number)
            cluster.deleted(node, 26 + number)
        self.assert_fires(cluster)


class NobodyIsPaged(ClusterTest):
    def test_when_nodes_join_while_a_dead_peer_holds_each_of_them_up(self):
        """A minute of that is a warning; the dead peer goes from the API after a while."""
        cluster = Cluster(nodes=6)
        cluster.power_off("node-1", 5)
        cluster.deleted("node-1", 21)
        for number, node in enumerate(("node-5", "node-6")):
            cluster.joins(node, 10 + 3 * number)
            cluster.converging(node, 10 + 3 * number, 14 + 3 * number)
        slow = [{"instance": "node-5"}, {"instance": "node-6"}]
        self.assert_fires(cluster, pages={}, CaliwatchRouteConvergenceSlow=slow)

    def test_when_one_worker_of_forty_dies(self):
        cluster = Cluster(nodes=40, all_peers=False)
        cluster.power_off("node-40", 10)
        self.assert_fires(cluster, pages={}, CaliwatchNodeLost=[{"instance": "node-40", "peer": "10.0.0.40"}])

    def test_when_the_monitor_names_another_job_which_is_told_once(self):
        self.assert_fires(Cluster(job="caliwatch/caliwatch"), pages={}, CaliwatchAbsent=[{"scope": "job"}])

    def test_when_one_of_two_clusters_is_gone_which_is_told_once(self):
        for agents in (True, False):
            one, other = Cluster(name="one"), Cluster(name="other")
            if agents:
                other.vanishes(10)
            else:
                for node in other.names:
                    other.no_agent(node, 10)
            self.assert_fires([one, other], pages={}, CaliwatchAbsent=[{"cluster": "other", "scope": "cluster"}])


class OneCauseOneAlert(ClusterTest):
    def test_a_bird_that_died_while_its_agent_is_replaced(self):
        cluster = Cluster()
        cluster.bird_down("node-5", 10)
        cluster.sessions_down("node-5", 10)
        cluster.agent_replaced("node-5", 12, 1)
        self.assert_fires(cluster, CaliwatchBirdDown=[{"instance": "node-5"}])

    def test_a_restart_that_is_over_after_ten_minutes_pages_once(self):
        cluster = Cluster()
        cluster.restart_bird("node-1", 10, away=1, held_back=9)
        cluster.agent_replaced("node-1", 14, 1)
        slow = {"CaliwatchRouteConvergenceSlow": [{"instance": "node-1"}]}
        self.assert_fires(cluster, pages=slow, **slow)

    def test_a_node_without_power(self):
        for all_peers in (True, False):
            cluster = Cluster(all_peers=all_peers)
            cluster.power_off("node-5", 10)
            self.assert_fires(cluster, CaliwatchNodeLost=[{"instance": "node-5", "peer": "10.0.0.5"}])

    def test_the_greater_part_of_the_nodes_without_power(self):
        cluster = Cluster()
        for node in ("node-3", "node-4", "node-5"):
            cluster.power_off(node, 10)
        lost = [{"instance": f"node-{number}", "peer": f"10.0.0.{number}"} for number in (3, 4, 5)]
        self.assert_fires(cluster, pages={"CaliwatchNodeLost": [{}]}, CaliwatchNodeLost=[*lost, {}])

    def test_a_node_whose_bird_died(self):
        for all_peers in (True, False):
            cluster = Cluster(all_peers=all_peers)
            cluster.bird_down("node-5", 10)
            cluster.sessions_down("node-5", 10)
            self.assert_fires(cluster, CaliwatchBirdDown=[{"instance": "node-5"}])

    def test_a_node_that_bgp_does_not_reach_though_its_agent_is_scraped(self):
        for all_peers in (True, False):
            cluster = Cluster(all_peers=all_peers)
            cluster.sessions_down("node-2", 10)
            self.assert_fires(cluster, CaliwatchBgpMostPeersDown=[{"instance": "node-2"}])

    def test_a_node_with_an_address_that_it_does_not_have(self):
        cluster = Cluster()
        cluster.finding("node-1", "bgp_source_address_not_local", ["10.0.0.1"], 10)
        cluster.sessions_down("node-1", 14)
        self.assert_fires(cluster, CaliwatchNodeAddressWrong=[{"instance": "node-1"}])

    def test_a_node_with_a_wrong_address_whose_sessions_end_at_one_side_only(self):
        for node, peer in (("node-1", "node-2"), ("node-2", "node-1")):
            cluster = Cluster()
            cluster.finding("node-1", "bgp_source_address_not_local", ["10.0.0.1"], 10)
            cluster.session_down(node, peer, 14)
            self.assert_fires(cluster, CaliwatchNodeAddressWrong=[{"instance": "node-1"}])

    def test_a_path_that_is_cut_one_way_whichever_end_says_so(self):
        cluster = Cluster()
        cluster.finding("node-1", "peer_path_one_way", ["10.0.0.2"], 10)
        cluster.sessions_down("node-1", 10, peers=["node-2"])
        cluster.passive("node-1", "node-2", 10)
        cluster.calls("node-2", "node-1", 10)
        self.assert_fires(cluster, CaliwatchBgpPathOneWay=[{"instance": "node-1"}])

    def test_a_one_way_path_that_shows_only_now_and_then(self):
        cluster = Cluster()
        for start in range(10, 60, 2):
            cluster.finding("node-1", "peer_path_one_way", ["10.0.0.2"], start, start + 1)
        cluster.sessions_down("node-1", 10, peers=["node-2"])
        self.assert_fires(cluster, CaliwatchBgpPathOneWay=[{"instance": "node-1"}])

    def test_a_one_way_path_that_showed_once(self):
        cluster = Cluster()
        cluster.finding("node-1", "peer_path_one_way", ["10.0.0.2"], 10, 11)
        self.assert_fires(cluster)

    def test_a_node_that_nothing_reaches_and_one_from_which_nothing_comes(self):
        cluster = Cluster(nodes=6)
        cluster.sessions_down("node-3", 10)
        for node in ("node-1", "node-2"):
            cluster.finding(node, "peer_path_one_way", ["10.0.0.3"], 10)
        self.assert_fires(cluster, CaliwatchBgpMostPeersDown=[{"instance": "node-3"}])

        cluster = Cluster(nodes=6)
        cluster.sessions_down("node-3", 10)
        cluster.finding("node-3", "peer_path_one_way", ["10.0.0.4", "10.0.0.5"], 10)
        self.assert_fires(cluster, CaliwatchBgpPathOneWay=[{"instance": "node-3"}])

    def test_a_session_that_is_down_at_both_ends_is_told_by_the_one_that_calls(self):
        for all_peers in (True, False):
            cluster = Cluster(all_peers=all_peers)
            cluster.sessions_down("node-1", 10, peers=["node-2"])
            cluster.passive("node-1", "node-2", 10)
            cluster.calls("node-2", "node-1", 10)
            self.assert_fires(cluster, CaliwatchBgpPeerDown=[{"instance": "node-2", "peer": "10.0.0.1"}])

    def test_a_session_whose_ends_both_call_as_with_old_versions_of_calico_is_told_by_both(self):
        cluster = Cluster()
        cluster.sessions_down("node-1", 10, peers=["node-2"])
        cluster.calls("node-1", "node-2", 10)
        cluster.calls("node-2", "node-1", 10)
        both = [{"instance": "node-1", "peer": "10.0.0.2"}, {"instance": "node-2", "peer": "10.0.0.1"}]
        self.assert_fires(cluster, CaliwatchBgpPeerDown=both)

    def test_two_nodes_that_have_nobody_else_and_lose_each_other(self):
        cluster = Cluster(nodes=2)
        cluster.sessions_down("node-1", 10)
        cluster.passive("node-1", "node-2", 10)
        cluster.calls("node-2", "node-1", 10)
        self.assert_fires(cluster, CaliwatchBgpPeerDown=[{"instance": "node-2", "peer": "10.0.0.1"}])

    def test_a_session_that_one_end_alone_believes_in(self):
        cluster = Cluster()
        cluster.session_down("node-1", "node-2", 10)
        self.assert_fires(cluster, CaliwatchBgpSessionOneSided=[{"instance": "node-2"}])

    def test_a_router_that_all_nodes_have_lost_and_one_of_a_rack(self):
        cluster = Cluster(nodes=6)
        cluster.add_router("reflector", 100)
        cluster.add_router("rack", 101, kind="node", nodes=["node-1", "node-2"])
        cluster.add_router("other rack", 102, kind="node", nodes=["node-3", "node-4"])
        for node in cluster.names:
            cluster.session_down(node, "reflector", 10)
        for node in ("node-1", "node-2"):
            cluster.session_down(node, "rack", 10)
        self.assert_fires(cluster, CaliwatchNodeLost=[{"peer": "10.0.0.100"}, {"peer": "10.0.0.101"}])

    def test_a_router_that_one_node_has_lost(self):
        cluster = Cluster()
        cluster.add_router("reflector", 100)
        cluster.session_down("node-1", "reflector", 10)
        self.assert_fires(cluster, CaliwatchBgpPeerDown=[{"instance": "node-1", "peer": "10.0.0.100"}])

    def test_a_node_whose_sessions_all_flap(self):
        cluster = Cluster()
        others = [cluster.address(name) for name in cluster.names[1:]]
        cluster.finding("node-1", "peer_flapping", others, 10, severity="warning")
        for node in cluster.names[1:]:
            cluster.finding(node, "peer_flapping", ["10.0.0.1"], 10, severity="warning")
        self.assert_fires(cluster, CaliwatchBgpPeerFlapping=[{"instance": "node-1"}])

    def test_a_block_that_two_nodes_announce_whoever_sees_it(self):
        cluster = Cluster()
        for node in ("node-3", "node-4", "node-5"):
            cluster.finding(node, "block_announced_by_several_peers", ["192.168.1.0/26"], 10)
        self.assert_fires(cluster, CaliwatchBlockAnnouncedTwice=[{}])

    def test_a_peer_that_all_nodes_get_no_routes_from_unless_it_says_that_it_recovers(self):
        cluster = Cluster()
        for node in cluster.names[1:]:
            cluster.finding(node, "peer_established_without_routes", ["10.0.0.1"], 10, severity="warning")
        self.assert_fires(cluster, CaliwatchBgpPeerWithoutRoutes=[{"peer": "10.0.0.1"}])
        cluster.converging("node-1", 10, 60)
        self.assert_fires(cluster, CaliwatchRouteConvergenceSlow=[{"instance": "node-1"}])

    def test_two_clusters_with_the_same_names_and_addresses_are_not_mixed_up(self):
        one, other = Cluster(name="one"), Cluster(name="other")
        one.power_off("node-5", 10)
        other.sessions_down("node-1", 10, peers=["node-2"])
        other.calls("node-1", "node-2", 10)
        other.passive("node-2", "node-1", 10)
        self.assert_fires(
            [one, other],
            CaliwatchNodeLost=[{"cluster": "one", "instance": "node-5", "peer": "10.0.0.5"}],
            CaliwatchBgpPeerDown=[{"cluster": "other", "instance": "node-1", "peer": "10.0.0.2"}],
        )


class MissingSeries(ClusterTest):
    def test_agents_that_do_not_tell_their_address_still_alert_for_their_peers(self):
        cluster = Cluster()
        cluster.forget(metric="caliwatch_bgp_local_address_info")
        cluster.session_down("node-1", "node-2", 10)
        self.assert_fires(cluster, CaliwatchBgpPeerDown=[{"instance": "node-1", "peer": "10.0.0.2"}])

    def test_a_session_whose_passive_end_alone_has_an_agent_is_told_by_that(self):
        cluster = Cluster()
        cluster.forget(node="node-2")
        cluster.session_down("node-1", "node-2", 10)
        cluster.passive("node-1", "node-2", 10)
        self.assert_fires(cluster, CaliwatchBgpPeerDown=[{"instance": "node-1", "peer": "10.0.0.2"}])

    def test_a_wrong_address_explains_its_peers_although_no_agent_tells_its_own(self):
        cluster = Cluster()
        cluster.forget(metric="caliwatch_bgp_local_address_info")
        cluster.finding("node-1", "bgp_source_address_not_local", ["10.0.0.1"], 10)
        cluster.sessions_down("node-1", 14)
        self.assert_fires(cluster, CaliwatchNodeAddressWrong=[{"instance": "node-1"}])

    def test_a_node_without_an_agent_is_lost_without_a_name(self):
        cluster = Cluster(nodes=4)
        cluster.forget(node="node-4")
        cluster.power_off("node-4", 10)
        self.assert_fires(cluster, CaliwatchNodeLost=[{"peer": "10.0.0.4"}])


if __name__ == "__main__":
    run_tests(lab=False)
