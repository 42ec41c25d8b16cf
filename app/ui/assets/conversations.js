// The browser code of the list of conversations: a choice shows its list at once, J and K go from row to row, Enter opens. The page is complete without it.
/* global document, location, FormData, URLSearchParams */

const form = document.querySelector("[data-filters]");
form?.addEventListener("change", ({ target }) => target.matches("select") && go());
form?.addEventListener("submit", (event) => {
  event.preventDefault();
  go();
});
document.addEventListener("keydown", onKey);

/** Only what is chosen goes into the address, so that it is short and can be kept and sent to others. */
function go() {
  const chosen = [...new FormData(form)].filter(([name, value]) => value !== "" && !(name === "sort" && value === "newest"));
  const query = new URLSearchParams(chosen).toString();
  location.assign(query === "" ? "/conversations" : `/conversations?${query}`);
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input, textarea, select, [contenteditable]")) return;
  const step = { j: 1, k: -1 }[event.key];
  const rows = [...document.querySelectorAll("[data-row]")];
  if (step === undefined || rows.length === 0) return;
  event.preventDefault();
  const at = rows.indexOf(document.activeElement);
  const row = rows[at === -1 ? 0 : Math.min(rows.length - 1, Math.max(0, at + step))];
  row.focus();
  row.scrollIntoView({ block: "nearest" });
}
