// The browser code of every page: keeps it fresh. Every page is complete without it.
/* global document, window, location, history, CSS, EventSource, fetch, DOMParser, CustomEvent, setTimeout, clearTimeout */

/** What changes something that a page shows. */
const WAKING = ["call.received", "call.stage", "call.done", "call.failed", "call.held", "call.released", "message.received", "session.done", "conversation.changed", "customer.merged", "customer.split", "customer.changed", "consent.changed", "workflow.progress", "workflow.completed", "issues.changed", "delivery"];

document.documentElement.classList.add("scripts");
hideUsedCode();
showWhereWeAre();
followEvents();

/** A one-time code must not stay in the address, where it would be copied and remembered. */
function hideUsedCode() {
  if (["/login", "/set-up"].includes(location.pathname) && location.search.includes("code=")) history.replaceState(null, "", location.pathname);
}

/** Where the places or tabs do not fit into a row, the one that is shown must not lie outside of it. */
function showWhereWeAre() {
  for (const here of document.querySelectorAll(".rail [aria-current], .tabs [aria-current]")) {
    const row = here.closest(".rail, .tabs");
    if (row.scrollWidth > row.clientWidth) row.scrollLeft = here.offsetLeft - row.offsetLeft - (row.clientWidth - here.offsetWidth) / 2;
  }
}

/** Something happened: the part of the page that lives is fetched again and put in place, unless somebody listens or types there. */
function followEvents() {
  const live = document.querySelector("[data-live]");
  const state = document.querySelector("[data-live-state]");
  if (!live || !state || live.dataset.live === "finished") return;
  const say = (now, words) => {
    state.dataset.liveState = now;
    state.querySelector("[data-live-words]").textContent = words;
  };
  const events = new EventSource("/v1/events");
  let timer;
  const refreshSoon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => refresh().catch(() => undefined), 400);
  };
  events.addEventListener("open", () => {
    if (state.dataset.liveState === "lost") refreshSoon();
    say("on", "Hearing live");
  });
  events.addEventListener("error", () => (events.readyState === EventSource.CLOSED ? say("off", "As of this page") : say("lost", "Connecting again…")));
  for (const type of WAKING) events.addEventListener(type, refreshSoon);
}

/**
 * `earshot:refresh` may be cancelled by a script that is in the middle of something; `earshot:refreshed` tells it that its elements are new. Whoever types is not
 * disturbed; a row or button that has the focus has it again afterwards, and the row that is read stays where it is when others come in above it.
 */
async function refresh() {
  if (!document.dispatchEvent(new CustomEvent("earshot:refresh", { cancelable: true }))) return;
  const answer = await fetch(location.href, { headers: { Accept: "text/html", "X-Earshot-Refresh": "live" } }); // such a request keeps no login alive
  if (!answer.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const [focused, seen] = [nameOf(document.activeElement), firstSeen()];
  for (const part of ["[data-live]", ".rail .count"]) {
    const [now, next] = [document.querySelectorAll(part), fresh.querySelectorAll(part)];
    now.forEach((element, i) => {
      if (next[i] && element.innerHTML !== next[i].innerHTML && !element.querySelector(":is(input, textarea, select):focus")) element.replaceWith(next[i]);
    });
  }
  if (document.activeElement === document.body && focused !== undefined) document.querySelector(focused)?.focus({ preventScroll: true });
  const row = seen && document.querySelector(seen.name);
  if (row) window.scrollBy({ top: row.getBoundingClientRect().top - seen.top, behavior: "instant" });
  document.dispatchEvent(new CustomEvent("earshot:refreshed"));
}

/** How the same element is found on the fresh page; undefined where nothing names it. */
function nameOf(element) {
  if (!element?.closest?.("[data-live]")) return undefined;
  if (element.id) return `#${CSS.escape(element.id)}`;
  const box = element.matches("summary") && element.parentElement.dataset.key;
  if (box) return `details[data-key="${CSS.escape(box)}"] > summary`;
  return element.matches("a[href]") ? `[data-live] a[href="${CSS.escape(element.getAttribute("href"))}"]` : undefined;
}

/** The first row within the window, while the beginning of the page is above it. */
function firstSeen() {
  if (window.scrollY === 0) return undefined;
  const row = [...document.querySelectorAll("[data-live] a[data-row]")].find((one) => one.getBoundingClientRect().top >= 0);
  return row && { name: nameOf(row), top: row.getBoundingClientRect().top };
}
