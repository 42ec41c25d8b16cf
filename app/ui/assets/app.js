// The browser code of every page: keeps it fresh, and leads to the places by keyboard. Every page is complete without it.
/* global document, location, history, EventSource, fetch, DOMParser, CustomEvent, setTimeout, clearTimeout */

/** What changes something that a page shows. */
const WAKING = ["call.received", "call.stage", "call.done", "call.failed", "call.held", "call.released", "message.received", "session.done", "conversation.changed", "customer.merged", "customer.split", "customer.changed", "consent.changed", "workflow.progress", "workflow.completed", "issues.changed", "delivery"];

document.documentElement.classList.add("scripts");
let wentMs = 0; // when `g` was pressed
hideUsedCode();
followEvents();
document.addEventListener("keydown", goByKey);

/** A one-time code must not stay in the address, where it would be copied and remembered. */
function hideUsedCode() {
  if (["/login", "/set-up"].includes(location.pathname) && location.search.includes("code=")) history.replaceState(null, "", location.pathname);
}

/** `/` to the search field of the page; `g`, then a letter, to a place of the rail. */
function goByKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input, textarea, select, [contenteditable]")) return;
  const isSecond = Date.now() - wentMs < 1500;
  wentMs = !isSecond && event.key === "g" ? Date.now() : 0;
  const link = isSecond ? document.querySelector(`.rail [data-key="${/^[a-z]$/.test(event.key) ? event.key : ""}"]`) : null;
  const field = event.key === "/" ? document.querySelector("input[type=search]") : null;
  if (!link && !field) return;
  event.preventDefault();
  if (link) location.assign(link.href);
  else field.focus();
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

/** `earshot:refresh` may be cancelled by a script that is in the middle of something; `earshot:refreshed` tells it that its elements are new. */
async function refresh() {
  if (!document.dispatchEvent(new CustomEvent("earshot:refresh", { cancelable: true }))) return;
  const answer = await fetch(location.href, { headers: { Accept: "text/html", "X-Earshot-Refresh": "live" } }); // such a request keeps no login alive
  if (!answer.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of ["[data-live]", ".rail .count"]) {
    const [now, next] = [document.querySelectorAll(part), fresh.querySelectorAll(part)];
    now.forEach((element, i) => {
      if (next[i] && element.innerHTML !== next[i].innerHTML && !element.contains(document.activeElement)) element.replaceWith(next[i]);
    });
  }
  document.dispatchEvent(new CustomEvent("earshot:refreshed"));
}
