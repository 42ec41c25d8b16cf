// The wave of a call: a slider, drawn when it has been measured.
/* global fetch, DOMParser */

/** The wave is a slider: press or drag it; with the keyboard ← and → move it like the rest of the page. */
export function seekByHand(wave, lengthMs, seek) {
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
export async function fetchWave(wave) {
  if (!wave.dataset.wave) return;
  const answer = await fetch(wave.dataset.wave, { headers: { Accept: "text/html" } });
  const svg = answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("svg") : null;
  if (svg) wave.replaceChildren(svg);
}
