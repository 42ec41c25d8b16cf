// The keyboard on every page: to the places, to the search, from row to row, and the list of these keys. The pages are complete without it.
/* global document, location */

let wentMs = 0; // when `g` was pressed
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input, textarea, select, [contenteditable]")) return;
  const isSecond = Date.now() - wentMs < 1500;
  wentMs = !isSecond && event.key === "g" ? Date.now() : 0;
  if (isSecond ? goTo(event.key) : DEEDS[event.key]?.()) event.preventDefault();
});

/** Each says whether there was something to do. */
const DEEDS = {
  "/": () => focus(document.querySelector("input[type=search]")),
  "?": () => (document.getElementById("keys")?.togglePopover?.(), true),
  j: () => step(1),
  k: () => step(-1),
};

/** `g`, then a letter: to a place of the rail. */
function goTo(key) {
  const link = document.querySelector(`.rail [data-key="${/^[a-z]$/.test(key) ? key : ""}"]`);
  if (link) location.assign(link.href);
  return link !== null;
}

function step(by) {
  const rows = [...document.querySelectorAll("[data-row]")];
  const at = rows.indexOf(document.activeElement);
  return focus(rows[at === -1 ? 0 : Math.min(rows.length - 1, Math.max(0, at + by))]);
}

function focus(element) {
  element?.focus();
  element?.scrollIntoView({ block: "nearest" });
  return Boolean(element);
}
