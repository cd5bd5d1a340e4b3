# SPDX-License-Identifier: Apache-2.0
"""Routes that come late: a dead peer keeps BIRD from its routes after a restart."""

from calicolab.metrics import by, scrape
from calicolab.truth import Witness
from calicolab.waiting import eventually
from harness.alarms import alone
from harness.pages import waits_for
from harness.waiting import ready
from outages.scenes import POLLS, Outage

DEAD = "10.39.1.101"
SCRIPT = "<script>document.title='taken over'</script>"
WAIT = 30  # seconds that BIRD waits for the dead peer, instead of 240
RECOVERY = 5  # seconds that an ordinary recovery may take, and so polls before it is a finding


class LateRoutes(Outage):
    """A peer of node1 alone is dead from the beginning; its description is what a careless person might type."""

    peers = [{"address": DEAD, "dead": "silent", "node": "node1"}]
    options = {"pods": 1, "families": ("ipv4",), "peers": peers, "graceful_restart_wait": WAIT, "wait": False}
    unwell = {("node1", "bgp_peer_down", DEAD)}
    faster = 10
    blocked = ("graceful_restart_blocked", "BIRD ipv4")

    def settle(self):
        self.lab.restart_bird("node1", recover=False)  # or the dead peer would hold up the beginning, too
        self.lab.wait_for_bgp(60)
        ready(self.lab)
        elapsed = lambda: by(scrape(self.lab, "node1"), "caliwatch_convergence_elapsed_seconds", "family")["ipv4"]
        self.assertTrue(eventually(lambda: elapsed() == 0))

    def story(self):
        self.describe()
        self.alarms.await_firing(alone("BgpPeerDown", "node1"), timeout=60)
        dead = self.alarms.assert_told(self, alone("BgpPeerDown", "node1"), resolved=False)
        self.alarms.forget()
        witness = Witness(self.lab, "node1")
        try:
            self.restart(witness)
        finally:
            witness.stop()
        (first, *_) = late = self.alarms.assert_told(self, alone("RouteConvergenceSlow", "node1"))
        self.assertIn(f"It waits for: {DEAD}.", first["annotations"]["description"])
        return dead + late

    def describe(self):
        described = f's|neighbor {DEAD}|description \\"{SCRIPT}\\"; neighbor {DEAD}|'
        self.lab.node("node1").run(
            ["sh", "-c", f'sed -i "{described}" "$CALICO_RUN_DIR/../bird.cfg" && birdc configure']
        )
        with self.page() as pages:
            descriptions = lambda: [peer["description"] for peer in pages.report("node1")["peers"]]
            self.assertTrue(eventually(lambda: SCRIPT in descriptions()))

    def restart(self, witness):
        self.lab.restart_bird("node1")
        start = witness.bird_start()
        self.await_witness(lambda: witness.pending() == {DEAD})
        self.assert_found("node1", self.blocked, polls=RECOVERY + POLLS)
        self.assertIn(DEAD, self.told("node1", *self.blocked)[0])
        with self.page() as pages:
            self.assert_page_follows(pages)
        self.await_witness(lambda: not witness.pending())
        self.assert_gone("node1", self.blocked)
        self.alarms.await_firing(alone("RouteConvergenceSlow", "node1"))
        self.alarms.await_resolved(alone("RouteConvergenceSlow", "node1"))
        self.assertGreater(witness.truth(start).duration, WAIT - 3)
        self.assertTrue(eventually(lambda: self.watch.now == self.unwell), self.watch.now)

    def assert_page_follows(self, pages):
        """While it lasts and after; nobody loads the page again: it does so itself."""
        shown = ("IPv4 is not back", "BIRD holds its routes back (graceful restart)", f"waits for {DEAD}")
        pages.assert_shown(self, "restart", "node1", waits_for(DEAD), *shown)
        self.assertIn(SCRIPT, pages.browser.text())
        self.assertIn("node1", pages.browser.run("return document.title"))

        pages.open("node1")
        self.assertTrue(eventually(lambda: "is not back" not in pages.browser.text(), timeout=60))
        # An episode is over with the second poll in a row at which all is back.
        waited = lambda: "waited for Mesh_10_39_1_101 (" in pages.browser.text()
        self.assertTrue(eventually(waited), pages.browser.text())
        family = pages.report("node1")["convergence"][0]
        self.assertEqual((family["phase"], family["past"][0]["outcome"]), ("converged", "converged"))
        self.assertGreater(family["past"][0]["phase_seconds"]["graceful_restart"], 25)
        pages.save_picture("restart-over")
        self.assertEqual(pages.browser.complaints(), [])
