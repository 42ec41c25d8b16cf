// One party of a call alone on both ears.
/* global AudioContext */

/** One party alone on both ears. The sound goes through the page's own mixer only from the first choice on. */
export function hearOneParty(audio, select) {
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
