# SPDX-License-Identifier: Apache-2.0
"""A headless Chromium, and what can be asked of a page in it."""

import contextlib
import os

CHROMIUM, DRIVER = "/usr/bin/chromium", "/usr/bin/chromedriver"
_FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --disable-dev-shm-usage --hide-scrollbars"
)
DESKTOP, PHONE = (1280, 800), (390, 844)

# Texts whose colour stands out too little from what is behind them: WCAG 2.1, 1.4.3.
_FAINT_TEXTS = """
const light = (text) => {
  const linear = (c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  const [r, g, b] = text.match(/[\\d.]+/g).map(Number).map((c) => linear(c / 255));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const behind = (element) => {
  for (; element; element = element.parentElement) {
    const colour = getComputedStyle(element).backgroundColor;
    if (!colour.endsWith(", 0)")) return colour;
  }
  return "rgb(255, 255, 255)";
};
const faint = [];
for (const element of document.body.querySelectorAll("*")) {
  const own = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
  if (!own || !element.getClientRects().length) continue;
  const [a, b] = [light(getComputedStyle(element).color), light(behind(element))];
  const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  if (ratio < 4.5) faint.push(element.textContent.trim().slice(0, 40) + ": " + ratio.toFixed(2));
}
return faint;
"""
# Cells of tables that are shown, of which a part is beside the window, or nothing at all is there to see.
_CELLS_OUT_OF_SIGHT = """
const out = [];
for (const row of document.querySelectorAll("tbody tr")) {
  if (!row.closest("table").getClientRects().length) continue;
  for (const cell of row.cells) {
    const place = cell.getBoundingClientRect();
    const region = cell.closest("[role=region]")?.getBoundingClientRect() ?? {left: 0, right: innerWidth};
    const right = Math.min(innerWidth, region.right), left = Math.max(0, region.left);
    const inside = place.width && place.right <= right + 1 && place.left >= left - 1;
    if (!inside) out.push(cell.textContent.trim().slice(0, 40));
  }
}
return out;
"""
# What can be pressed or folded, by its id or that of the fold around it; empty where it has none.
_CONTROLS = """
return [...document.querySelectorAll("summary, button, a[href]")].filter((e) => e.getClientRects().length)
  .map((e) => e.tagName + " " + (e.id || e.closest("details")?.id || e.getAttribute("href") || ""));
"""
_FOCUSED = """
const e = document.activeElement;
return e.tagName + " " + (e.id || e.closest("details")?.id || e.getAttribute("href") || "");
"""
# The part of the text that the window shows without scrolling.
_TEXT_IN_SIGHT = """
const shown = [];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const range = document.createRange();
  range.selectNodeContents(walker.currentNode);
  const place = range.getBoundingClientRect();
  if (place.height && place.top >= 0 && place.bottom <= innerHeight && place.left >= 0 && place.right <= innerWidth)
    shown.push(walker.currentNode.textContent.trim());
}
return shown.filter(Boolean).join(" ");
"""


class Browser:
    """Ends with close(), which tests add as a cleanup."""

    def __init__(self):
        from selenium import webdriver
        from selenium.webdriver.chrome.service import Service

        options = webdriver.ChromeOptions()
        options.binary_location = CHROMIUM
        for flag in _FLAGS.split():
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self._driver = webdriver.Chrome(service=Service(DRIVER), options=options)

    def open(self, url, size=DESKTOP, dark=False, scripts=True):
        # A page without scripts renews itself: one that does so now would take the place of the page to open.
        self._driver.get("about:blank")
        width, height = size
        phone = size == PHONE
        self._ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=phone)
        self._ask(
            "Emulation.setEmulatedMedia",
            features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}],
        )
        self._ask("Emulation.setScriptExecutionDisabled", value=not scripts)
        self._driver.get(url)

    def run(self, script):
        """What a function with this body returns, in the page."""
        return self._driver.execute_script(script)

    def press_tab(self):
        for kind in ("rawKeyDown", "keyUp"):
            self._ask("Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9)

    def text(self):
        return self.run("return document.body.innerText")

    def source(self):
        """The document as it is now; also where scripts are switched off."""
        from selenium.common.exceptions import WebDriverException

        for _ in range(9):
            root = self._ask("DOM.getDocument")["root"]["nodeId"]
            with contextlib.suppress(WebDriverException):  # the page was renewed between the two questions
                return self._ask("DOM.getOuterHTML", nodeId=root)["outerHTML"]
        raise AssertionError("the page is renewed faster than it can be read")

    def text_in_sight(self):
        return self.run(_TEXT_IN_SIGHT)

    def faint_texts(self):
        return self.run(_FAINT_TEXTS)

    def cells_out_of_sight(self):
        return self.run(_CELLS_OUT_OF_SIGHT)

    def too_wide(self):
        """By how many pixels the page is wider than its window; 0 or less is well."""
        return self.run("return document.documentElement.scrollWidth - innerWidth")

    def unfold(self):
        self.run("for (const fold of document.querySelectorAll('details')) fold.open = true")

    def hold(self):
        """The page renews itself no more."""
        self.run("for (let timer = setTimeout(() => {}); timer > 0; --timer) clearTimeout(timer)")

    def out_of_reach(self):
        """Controls that Tab leads to at no time."""
        left = set(self.run(_CONTROLS))
        for _ in range(2 * len(left) + 40):  # regions that scroll are stops as well
            self.press("TAB")
            left.discard(self.run(_FOCUSED))
            if not left:
                break
        return left

    def press(self, key):
        """By its name as selenium has it: TAB, ENTER."""
        from selenium.webdriver.common.action_chains import ActionChains
        from selenium.webdriver.common.keys import Keys

        ActionChains(self._driver).send_keys(getattr(Keys, key)).perform()

    def complaints(self):
        """What was written to the console since the last call."""
        return [entry["message"] for entry in self._driver.get_log("browser")]

    def save_picture(self, path):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        self._driver.save_screenshot(path)

    def close(self):
        self._driver.quit()

    def _ask(self, command, **arguments):
        return self._driver.execute_cdp_cmd(command, arguments)
