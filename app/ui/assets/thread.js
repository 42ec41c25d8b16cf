// The browser code of a customer's thread: ▸ leads to its line and plays it, folded lines come when they are opened, new things say that they came.
/* global document, window, history, location, fetch, DOMParser, EventSource, HTMLElement, CSS */

const bar = document.querySelector(".player-bar");
const audio = bar?.querySelector("audio");
let playing; // the line
document.addEventListener("click", onClick);
document.addEventListener("toggle", (event) => event.target.open && fetchLines(event.target.querySelector("[data-fetch]"), true), true);
document.addEventListener("keydown", onKey);
for (const event of ["play", "pause", "timeupdate"]) audio?.addEventListener(event, showState);
show(location.hash.slice(1));
followEvents();

/** A claim's ▸, a line's time, a link to more lines, the buttons of the player. Everything else is a plain link. */
function onClick(event) {
  const target = event.target instanceof HTMLElement ? event.target : event.target.parentElement;
  const action = target?.closest("[data-do]")?.dataset.do;
  if (action === "play") return void (audio.paused ? audio.play().catch(() => undefined) : audio.pause());
  if (action === "close") return close();
  const proof = target?.closest("[data-proof]");
  const more = target?.closest("[data-fetch]");
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (proof && show(proof.dataset.proof)) {
    event.preventDefault();
    history.replaceState(null, "", `#${proof.dataset.proof}`);
    play(document.getElementById(proof.dataset.proof));
  } else if (more) {
    event.preventDefault();
    fetchLines(more, false);
  }
}

/** Opens what it is folded into, and marks it. @returns whether it is on the page */
function show(id) {
  const found = id === "" ? null : document.getElementById(id);
  if (!found?.matches(".turn, .entry, .part")) return false;
  document.querySelectorAll(".seen").forEach((one) => one.classList.remove("seen"));
  found.classList.add("seen");
  for (let folded = found.closest("details"); folded; folded = folded.parentElement.closest("details")) folded.open = true;
  found.scrollIntoView({ block: "center" });
  return true;
}

/** Plays a line of a call that has sound, to its end. */
function play(line) {
  const card = line?.closest(".session");
  if (!line?.dataset.start || !card?.dataset.sound) return;
  const from = Number(line.dataset.start) / 1000;
  const sound = new URL(card.dataset.sound, location.href).href;
  playing = line;
  bar.hidden = false;
  document.body.classList.add("with-player");
  bar.querySelector("[data-line]").textContent = `${line.querySelector(".at").textContent.replace("▸ ", "")} · ${line.querySelector("b").textContent}: ${line.querySelector("p").textContent}`;
  if (audio.src !== sound) {
    audio.src = sound;
    audio.addEventListener("loadedmetadata", () => (audio.currentTime = from), { once: true });
  } else audio.currentTime = from;
  audio.play().catch(() => undefined); // not allowed or not loadable: the button shows it
}

function showState() {
  const button = bar.querySelector("[data-do=play]");
  button.textContent = audio.paused ? "▶" : "❚❚";
  button.setAttribute("aria-label", audio.paused ? "Play" : "Pause");
  const card = playing?.closest(".session");
  const at = audio.currentTime * 1000;
  if (!card || audio.paused) return;
  card.querySelectorAll(".turn.now").forEach((one) => one.classList.remove("now"));
  [...card.querySelectorAll(".turn")].findLast((one) => Number(one.dataset.start) <= at + 50 && at < Number(one.dataset.end) + 400)?.classList.add("now");
}

function close() {
  audio.pause();
  bar.hidden = true;
  document.body.classList.remove("with-player");
  document.querySelectorAll(".turn.now").forEach((one) => one.classList.remove("now"));
}

function onKey(event) {
  if (event.key !== " " || bar.hidden || event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input, textarea, select, button, a, summary")) return;
  event.preventDefault();
  if (audio.paused) audio.play().catch(() => undefined);
  else audio.pause();
}

/** Lines of a long call come as a piece of the page and take the place of the link, or of the lines that were shown. @param isOpening only what has no lines yet */
async function fetchLines(link, isOpening) {
  const folded = link?.closest("details");
  if (!folded || (isOpening && folded.querySelector(".lines-body"))) return;
  const answer = await fetch(link.dataset.fetch, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return void location.assign(link.href);
  const piece = new DOMParser().parseFromString(await answer.text(), "text/html").body.firstElementChild;
  const old = folded.querySelector(".lines-body") ?? link.closest("p");
  if (piece) old.replaceWith(piece);
  if (!isOpening) show(decodeURIComponent(new URL(link.href).hash.slice(1)));
}

/** A thread that is read must not move: what is new is offered. */
function followEvents() {
  const page = document.querySelector("[data-customer]");
  const state = document.querySelector("[data-live-state]");
  if (!page || !state) return;
  const say = (now, words) => {
    state.dataset.liveState = now;
    state.querySelector("[data-live-words]").textContent = words;
  };
  const isOurs = ({ customer_id, other, session_id, call_id }) => [customer_id, other].includes(page.dataset.customer) || (session_id && document.querySelector(`[data-session="${CSS.escape(session_id)}"], #${CSS.escape(session_id)}`)) || (call_id && document.querySelector(`[data-call-id="${CSS.escape(call_id)}"]`));
  const events = new EventSource("/v1/events");
  const onEvent = (event) => isOurs(JSON.parse(event.data)) && (document.querySelector(".fresh").hidden = false);
  events.addEventListener("open", () => say("on", "Hearing live"));
  events.addEventListener("error", () => (events.readyState === EventSource.CLOSED ? say("off", "As of this page") : say("lost", "Connecting again…")));
  for (const type of ["call.received", "call.done", "call.failed", "call.held", "message.received", "session.done", "conversation.changed", "customer.merged", "customer.split", "customer.changed", "consent.changed", "workflow.progress", "workflow.completed"]) events.addEventListener(type, onEvent);
  window.addEventListener("pagehide", () => events.close());
}
