// Sound and lines of a call: plays, follows along, steps from line to line.
/* global document, window, requestAnimationFrame */
import { hearOneParty } from "./call-party.js";
import { fetchWave, seekByHand } from "./call-wave.js";

const RATES = [0.75, 1, 1.25, 1.5, 2];

/** Sound, wave and lines of a call as one thing; undefined on pages without a recording. */
export function startPlayer() {
  const box = document.querySelector(".player");
  const audio = box?.querySelector("audio");
  if (!audio) return undefined;
  audio.controls = false;
  audio.hidden = true;
  box.querySelector(".scripted").hidden = false;
  const lengthMs = Number(box.dataset.length);
  const wave = box.querySelector(".wave");
  const button = box.querySelector("[data-do=play]");
  const speed = box.querySelector("[data-rate]");
  let lines = [];
  let current;
  let stopAtMs; // end of the one line that is to be played
  const readLines = () => {
    lines = [...document.querySelectorAll(".turn")].map((line) => ({ line, start: Number(line.dataset.start), end: Number(line.dataset.end) }));
    current = undefined;
    follow(nowMs());
  };
  const nowMs = () => audio.currentTime * 1000;
  /** which line is spoken at this moment: the last that has begun and not long ended */
  const lineAt = (ms) => lines.findLast(({ start, end }) => start <= ms + 50 && ms < end + 400);
  const hereOrBefore = () => lineAt(nowMs()) ?? lines.findLast(({ start }) => start <= nowMs() + 50) ?? lines[0];
  const follow = (at) => {
    const found = lineAt(at)?.line;
    if (found === current) return;
    current?.classList.remove("now");
    current = found;
    current?.classList.add("now");
    if (current && !audio.paused && !document.querySelector("form.mending")) bringIntoView(current);
  };
  const show = () => {
    const at = nowMs();
    if (stopAtMs !== undefined && at >= stopAtMs) {
      audio.pause();
      stopAtMs = undefined;
    }
    const percent = `${Math.min(100, (at / lengthMs) * 100)}%`;
    box.querySelector("[data-now]").textContent = position(at);
    box.querySelector("[data-played]")?.setAttribute("width", percent);
    const head = box.querySelector("[data-playhead]");
    for (const side of ["x1", "x2"]) head?.setAttribute(side, percent);
    head?.setAttribute("visibility", "visible");
    wave.setAttribute("aria-valuenow", String(Math.round(at / 1000)));
    wave.setAttribute("aria-valuetext", position(at));
    box.classList.add("playing");
    follow(at);
    if (!audio.paused) requestAnimationFrame(show);
  };
  const showState = () => {
    button.textContent = audio.paused ? "▶" : "❚❚";
    button.setAttribute("aria-label", audio.paused ? "Play" : "Pause");
    if (!audio.paused) requestAnimationFrame(show);
  };
  audio.addEventListener("seeked", show);
  audio.addEventListener("play", showState);
  audio.addEventListener("pause", showState);
  speed.addEventListener("change", () => (audio.playbackRate = Number(speed.value)));
  hearOneParty(audio, box.querySelector("[data-party]"));

  const seek = (ms) => {
    stopAtMs = undefined;
    audio.currentTime = Math.max(0, Math.min(ms, lengthMs)) / 1000;
    show();
  };
  const play = () => audio.play().catch(() => undefined); // not allowed or not loadable: the state shows it
  seekByHand(wave, lengthMs, seek);
  fetchWave(wave).then(() => box.classList.contains("playing") && show(), () => undefined);
  readLines();
  return {
    readLines,
    beginAt(ms) {
      if (ms === undefined) return;
      seek(ms);
      lineAt(ms)?.line.scrollIntoView({ block: "center" });
    },
    toggle() {
      stopAtMs = undefined;
      if (audio.paused) play();
      else audio.pause();
    },
    playFrom(ms) {
      seek(ms);
      return play();
    },
    /** the line that is spoken, or the last before, and nothing after it */
    playLine() {
      const one = hereOrBefore();
      if (!one) return;
      seek(one.start);
      stopAtMs = one.end;
      play();
    },
    seekBy: (ms) => seek(nowMs() + ms),
    step(by) {
      const at = lines.findLastIndex(({ start }) => start <= nowMs() + 50);
      const next = lines[Math.max(0, Math.min(lines.length - 1, at + by))];
      if (next) seek(next.start);
      next?.line.scrollIntoView({ block: "nearest" });
    },
    faster(by) {
      speed.value = String(RATES[Math.max(0, Math.min(RATES.length - 1, RATES.indexOf(Number(speed.value)) + by))]);
      audio.playbackRate = Number(speed.value);
    },
    isPlaying: () => !audio.paused,
    mendLine() {
      audio.pause();
      hereOrBefore()?.line.querySelector(".mend")?.click();
    },
  };
}

function bringIntoView(line) {
  const { top, bottom } = line.getBoundingClientRect();
  if (top < 180 || bottom > window.innerHeight - 40) line.scrollIntoView({ block: "center", behavior: window.matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
}

/** `0:41`, `1:02:03` */
function position(ms) {
  const s = Math.floor(ms / 1000);
  const two = (n) => String(n).padStart(2, "0");
  return s < 3600 ? `${Math.floor(s / 60)}:${two(s % 60)}` : `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
}
