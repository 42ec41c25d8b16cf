// The browser code of a call: what a press and a key do. The page is complete without it.
/* global document, window, location, history, URLSearchParams, HTMLElement */
import { startPlayer } from "./call-player.js";

let player = startPlayer();
player?.beginAt(startOf());
document.addEventListener("click", onClick);
document.addEventListener("keydown", onKey);
document.addEventListener("earshot:refresh", (event) => player?.isPlaying() && event.preventDefault());
document.addEventListener("earshot:refreshed", () => (player = startPlayer()));
document.addEventListener("earshot:mended", () => player?.readLines());

/** `?at=ms`, or the line that the address names; undefined for neither. */
function startOf() {
  const at = new URLSearchParams(location.search).get("at");
  const line = location.hash.startsWith("#msg_") ? document.getElementById(location.hash.slice(1)) : undefined;
  return at !== null && /^\d+$/.test(at) ? Number(at) : line?.dataset.start === undefined ? undefined : Number(line.dataset.start);
}

/** Pressing a line plays it; pressing ▸ plays the line that proves the claim. Selecting text plays nothing. */
function onClick(event) {
  const target = event.target instanceof HTMLElement ? event.target : event.target.parentElement;
  const action = target?.closest("[data-do]")?.dataset.do;
  if (action === "play") player?.toggle();
  else if (action === "line") player?.playLine();
  else if (player && target && !target.closest("form, details, [data-mend]")) {
    const link = target.closest('a[href^="#"]');
    const line = link ? document.getElementById(decodeURIComponent(link.hash.slice(1))) : target.closest(".turn");
    if (!line?.dataset.start || (!link && String(window.getSelection()) !== "")) return;
    player.playFrom(Number(line.dataset.start));
    line.scrollIntoView({ block: "nearest" });
    if (link) {
      event.preventDefault();
      history.replaceState(null, "", link.hash);
    }
  }
}

const KEYS = {
  " ": () => player.toggle(), ArrowLeft: () => player.seekBy(-5000), ArrowRight: () => player.seekBy(5000), j: () => player.step(1), k: () => player.step(-1), r: () => player.playLine(),
  "+": () => player.faster(1), "=": () => player.faster(1), "-": () => player.faster(-1), e: () => player.mendLine(),
};

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input, textarea, select")) return;
  const isPress = event.key === " " && event.target.closest?.("button, summary"); // a link has no use for it
  const deed = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!player || isPress || !deed) return;
  deed();
  event.preventDefault();
}
