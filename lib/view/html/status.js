// SPDX-License-Identifier: Apache-2.0
// Takes the page anew every few seconds, and says so when caliwatch no longer answers. Without scripts, the page
// reloads itself.
"use strict";

const PERIOD = 5000; // ms

function openSections() {
  return [...document.querySelectorAll("details[open]")].map((section) => section.id);
}

// Without https a browser gives no clipboard to write to, but copies what is selected.
async function copy(button) {
  const line = button.parentElement.querySelector("pre");
  try {
    await navigator.clipboard.writeText(line.textContent);
  } catch {
    getSelection().selectAllChildren(line);
    document.execCommand("copy");
  }
  button.textContent = "Copied";
}

function showButtons() {
  for (const button of document.querySelectorAll(".command button")) {
    button.hidden = false;
    button.setAttribute("aria-label", `Copy: ${button.parentElement.querySelector("pre").textContent}`);
  }
}

// What has the focus keeps it in the new report: by its id, or by what it says.
function place(element) {
  if (!element?.closest("#report")) return null;
  return { id: element.id, tag: element.tagName, text: element.textContent };
}

function focusAt(was) {
  if (!was) return;
  const alike = [...document.querySelectorAll(`#report ${was.tag}`)].find((one) => one.textContent === was.text);
  (document.getElementById(was.id) ?? alike)?.focus({ preventScroll: true });
}

// For who does not see the page.
function tell(text) {
  document.getElementById("told").textContent = text;
}

function show(page) {
  const open = openSections();
  const was = place(document.activeElement);
  const parts = ["verdict", "report", "seen"].map((id) => [document.getElementById(id), page.getElementById(id)]);
  if (parts.flat().includes(null)) throw new Error("another page answers here");
  const verdict = page.querySelector("#verdict p").textContent;
  if (verdict !== document.querySelector("#verdict p").textContent) tell(verdict);
  for (const [before, after] of parts) before.replaceWith(after);
  document.title = page.title;
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  showButtons();
  focusAt(was);
}

async function refresh() {
  try {
    const answer = await fetch(location.href, { cache: "no-store", signal: AbortSignal.timeout(PERIOD) });
    if (!answer.ok) throw new Error(answer.status);
    show(new DOMParser().parseFromString(await answer.text(), "text/html"));
  } catch {
    const seen = document.getElementById("seen");
    seen.className = "stale";
    if (seen.dataset.lost) return;
    const lost = "caliwatch does not answer any more: this is what it said last.";
    seen.textContent += ` ${lost}`;
    seen.dataset.lost = "yes";
    tell(lost);
  } finally {
    setTimeout(refresh, PERIOD);
  }
}

document.addEventListener("click", (event) => {
  if (event.target.matches(".command button")) copy(event.target);
});
showButtons();
setTimeout(refresh, PERIOD);
