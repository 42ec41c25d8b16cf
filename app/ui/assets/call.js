// The browser code of a call: plays lines, follows along. The page is complete without it.
/* global document, window, history, HTMLElement */

let player = startPlayer();
document.addEventListener("click", onClick);
document.addEventListener("keydown", onKey);
document.addEventListener("earshot:refresh", (event) => player?.isPlaying() && event.preventDefault());
document.addEventListener("earshot:refreshed", () => (player = startPlayer()));

/** Sound, strip and lines of a call as one thing; undefined on pages without a recording. */
function startPlayer() {
  const box = document.querySelector(".player");
  const audio = box?.querySelector("audio");
  if (!audio) return undefined;
  audio.controls = false;
  audio.hidden = true;
  box.querySelector(".scripted").hidden = false;
  const lengthMs = Number(box.dataset.length);
  const lines = [...document.querySelectorAll(".turn")].map((line) => ({ line, start: Number(line.dataset.start), end: Number(line.dataset.end) }));
  const played = box.querySelector("[data-played]");
  const head = box.querySelector("[data-playhead]");
  const button = box.querySelector("[data-do=play]");
  let current;

  const nowMs = () => audio.currentTime * 1000;
  const show = () => {
    const at = nowMs();
    const percent = `${Math.min(100, (at / lengthMs) * 100)}%`;
    box.querySelector("[data-now]").textContent = position(at);
    played?.setAttribute("width", percent);
    for (const side of ["x1", "x2"]) head?.setAttribute(side, percent);
    head?.setAttribute("visibility", "visible");
    box.classList.add("playing");
    const found = lines.findLast(({ start, end }) => start <= at + 50 && at < end + 400);
    if (found?.line === current) return;
    current?.classList.remove("now");
    current = found?.line;
    current?.classList.add("now");
    if (current && !audio.paused) bringIntoView(current);
  };
  const showState = () => {
    button.textContent = audio.paused ? "▶" : "❚❚";
    button.setAttribute("aria-label", audio.paused ? "Play" : "Pause");
  };
  audio.addEventListener("timeupdate", show);
  audio.addEventListener("seeked", show);
  audio.addEventListener("play", showState);
  audio.addEventListener("pause", showState);
  box.querySelector(".strip")?.addEventListener("click", (event) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    seek(((event.clientX - left) / width) * lengthMs);
  });

  const seek = (ms) => {
    audio.currentTime = Math.max(0, ms / 1000);
    show();
  };
  const play = () => audio.play().catch(() => undefined); // not allowed or not loadable: the state shows it
  return {
    toggle: () => (audio.paused ? play() : audio.pause()),
    playFrom(ms) {
      seek(ms);
      return play();
    },
    step(by) {
      const at = lines.findLastIndex(({ start }) => start <= nowMs() + 50);
      const next = lines[Math.max(0, Math.min(lines.length - 1, at + by))];
      if (next) seek(next.start);
      next?.line.scrollIntoView({ block: "nearest" });
    },
    rate() {
      const rates = [1, 1.25, 1.5, 2, 0.75];
      audio.playbackRate = rates[(rates.indexOf(audio.playbackRate) + 1) % rates.length];
      box.querySelector("[data-do=rate]").textContent = `${audio.playbackRate.toFixed(2).replace(/0$/, "")}×`;
    },
    isPlaying: () => !audio.paused,
  };
}

/** Pressing a line plays it; pressing ▸ plays the line that proves the claim. Selecting text plays nothing. */
function onClick(event) {
  const target = event.target instanceof HTMLElement ? event.target : event.target.parentElement;
  const action = target?.closest("[data-do]")?.dataset.do;
  if (action === "play") player?.toggle();
  else if (action === "rate") player?.rate();
  else if (player && target) {
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

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input, textarea, select")) return;
  const isPress = event.key === " " && event.target.closest?.("button, summary"); // a link has no use for it
  if (!player || isPress) return;
  if (event.key === " ") player.toggle();
  else if (event.key === "j" || event.key === "J") player.step(1);
  else if (event.key === "k" || event.key === "K") player.step(-1);
  else return;
  event.preventDefault();
}

function bringIntoView(line) {
  const { top, bottom } = line.getBoundingClientRect();
  if (top < 180 || bottom > window.innerHeight - 40) line.scrollIntoView({ block: "center", behavior: "smooth" });
}

/** `0:41`, `1:02:03` */
function position(ms) {
  const s = Math.floor(ms / 1000);
  const two = (n) => String(n).padStart(2, "0");
  return s < 3600 ? `${Math.floor(s / 60)}:${two(s % 60)}` : `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
}
