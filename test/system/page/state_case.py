# SPDX-License-Identifier: Apache-2.0
"""What must hold of the status page in whatever state."""

from calicolab.waiting import eventually
from page.page_test import PageTest

# Whether a section's first row, or its first paragraph where it has no row, is shown without scrolling.
_BEGINS_IN_SIGHT = """
for (const section of document.querySelectorAll("section")) {
  const heading = document.getElementById(section.getAttribute("aria-labelledby"))?.textContent ?? "";
  if (!new RegExp(%r, "i").test(heading)) continue;
  const first = section.querySelector("tbody tr, summary, p");
  const place = first.getBoundingClientRect();
  return place.height > 0 && place.top >= 0 && place.bottom <= innerHeight;
}
return null;
"""


class StateTest(PageTest):
    def await_state(self, node, state):
        self.assertTrue(eventually(lambda: state(self.pages.report(node)), timeout=60))

    def assert_fit(self, name, node, *parts):
        """parts: texts that the first screen must have at a desk."""
        self.pages.assert_fit(self, name, node)
        self.pages.open(node)
        for part in parts:
            self.assertIn(part, self.browser.text_in_sight(), name)

    def assert_begin_in_sight(self, node, *headings):
        self.pages.open(node)
        for heading in headings:
            self.assertIs(self.browser.run(_BEGINS_IN_SIGHT % heading), True, heading)
