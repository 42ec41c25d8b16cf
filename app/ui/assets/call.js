// The browser code of a call: plays lines, follows along, draws the wave when it is measured. The page is complete without it.
/* global document, window, location, history, fetch, requestAnimationFrame, DOMParser, AudioContext, URLSearchParams, HTMLElement */

const RATES = [0.75, 1, 1.25, 1.5, 2];
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

/** Sound, wave and lines of a call as one thing; undefined on pages without a recording. */
function startPlayer() {
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

/** The wave is a slider: press or drag it; with the keyboard ← and → move it like the rest of the page. */
function seekByHand(wave, lengthMs, seek) {
  Object.entries({ role: "slider", tabindex: "0", "aria-label": "Place in the recording, in seconds", "aria-valuemin": "0", "aria-valuemax": String(Math.round(lengthMs / 1000)), "aria-valuenow": "0", "aria-valuetext": "0:00" }).forEach(([name, value]) => wave.setAttribute(name, value));
  const toPointer = (event) => {
    const { left, width } = wave.getBoundingClientRect();
    seek(((event.clientX - left) / width) * lengthMs);
  };
  wave.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    wave.setPointerCapture(event.pointerId);
    toPointer(event);
  });
  wave.addEventListener("pointermove", (event) => wave.hasPointerCapture(event.pointerId) && toPointer(event));
}

/** Not measured yet: asked for once, while the turns stand in for it. */
async function fetchWave(wave) {
  if (!wave.dataset.wave) return;
  const answer = await fetch(wave.dataset.wave, { headers: { Accept: "text/html" } });
  const svg = answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("svg") : null;
  if (svg) wave.replaceChildren(svg);
}

/** One party alone on both ears. The sound goes through the page's own mixer only from the first choice on. */
function hearOneParty(audio, select) {
  let gains;
  select?.addEventListener("change", () => {
    const parties = select.dataset.channels.split(" ");
    gains ??= mixer(audio);
    parties.forEach((party, channel) => (gains[channel].gain.value = select.value === "both" || select.value === party ? 1 : 0));
  });
}

function mixer(audio) {
  const context = new AudioContext();
  const splitter = context.createChannelSplitter(2);
  context.createMediaElementSource(audio).connect(splitter);
  audio.addEventListener("play", () => context.resume());
  return [0, 1].map((channel) => {
    const gain = context.createGain();
    splitter.connect(gain, channel);
    gain.connect(context.destination);
    return gain;
  });
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
