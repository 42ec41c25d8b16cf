// Correcting in place: forms come from the server and go to it, as they do without scripts; here only the parts that changed are exchanged.
/* global document, location, fetch, DOMParser, FormData, URLSearchParams, CustomEvent, setTimeout, clearTimeout */

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-mend]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  show(link.href, undefined, link).catch(() => location.assign(link.href));
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-mend]")) return;
  event.preventDefault();
  const body = new URLSearchParams(new FormData(form, event.submitter));
  show(form.action, body, form).catch(() => complain(form, "Earshot cannot be reached; nothing was saved. Try again."));
});

document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("form.mending");
  if (!form) return;
  if (event.key === "Escape") form.querySelector("[data-leave]")?.click();
  else if (event.key === "Enter" && event.target.matches("textarea") && !event.shiftKey && !event.isComposing) form.requestSubmit();
  else return;
  event.preventDefault();
});

document.addEventListener("earshot:refresh", (event) => document.querySelector("form.mending") && event.preventDefault());

/** Asks the server, and puts the parts of its page that differ in place of ours. @param body of a form; a page is only looked at without it */
async function show(address, body, from) {
  const answer = await fetch(address, { method: body ? "POST" : "GET", headers: { Accept: "text/html" }, ...(body ? { body } : {}) });
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!answer.ok) return complain(from, fresh.querySelector("main p:not(.brand)")?.textContent ?? "This could not be saved.");
  if (answer.url && new URL(answer.url).pathname === "/login") return location.assign("/login");
  const part = from.closest("[data-part]")?.dataset.part;
  exchange(fresh, () => true);
  const place = document.querySelector(`[data-part="${part}"]`);
  const field = document.querySelector("form.mending [data-first]");
  (field ?? place?.querySelector(".mend") ?? place)?.focus();
  field?.setSelectionRange?.(field.value.length, field.value.length);
}

function exchange(fresh, may) {
  for (const now of document.querySelectorAll("[data-part]")) {
    const next = fresh.querySelector(`[data-part="${now.dataset.part}"]`);
    if (next && next.outerHTML !== now.outerHTML && may(now)) now.replaceWith(next);
  }
  document.dispatchEvent(new CustomEvent("earshot:mended"));
  lookAgain();
}

let timer;
/** What follows from corrections comes seconds later: looked at when it is there, and not while somebody corrects on. */
function lookAgain() {
  const wait = document.querySelector("[data-again]")?.dataset.again;
  clearTimeout(timer);
  if (wait) timer = setTimeout(() => (document.querySelector("form.mending") ? lookAgain() : look().catch(() => undefined)), Number(wait));
}

async function look() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html", "X-Earshot-Refresh": "live" } }); // such a request keeps no login alive
  if (answer.ok && !answer.redirected) exchange(new DOMParser().parseFromString(await answer.text(), "text/html"), (part) => !part.contains(document.activeElement));
}

lookAgain();

function complain(from, words) {
  const place = from.querySelector?.('[role="alert"]') ?? from.closest("[data-part]")?.querySelector('[role="alert"]');
  if (place) place.textContent = words;
  else location.reload();
}
