// What answers the house: "yes", a choice among what it offered, or the whole message. Pure.
import type { Before, Change } from "./change.ts";
import { lineOf, quoteOf, type Line } from "./message.ts";
import type { PreparedSlot, ReadMessage } from "./reader.ts";
import { asksPlace, readPlace } from "./values/addresses.ts";
import { readValues, readYesNo } from "./values/read-values.ts";
import type { Reading } from "./values/value.ts";

export function answerYesNo(wanted: "yes" | "no", read: ReadMessage, { slots: known, house }: Before, changes: Map<string, Change>, slots: readonly PreparedSlot[]): void {
  const [first] = read.lines;
  const answer = first === undefined ? undefined : readYesNo(first);
  if (house === undefined || answer !== wanted || (wanted === "no" && changes.size > 0)) return; // "no, the fourteenth" says which of the values was wrong
  for (const { name, slot } of slots) {
    const proposal = house.proposals.get(name);
    if (proposal === undefined || changes.has(name) || (answer === "yes" && slot.type === "text" && known[name] !== undefined)) continue; // "there is one on our shelf" - "OK": yes to something else
    // "Orchard Bank, then?" says no more than "9 Orchard Bank, Corbridge"
    if (answer === "yes" && proposal.value.length < (known[name]?.value.length ?? 0) && known[name]?.value.toLowerCase().includes(proposal.value.toLowerCase()) === true) continue;
    if (answer === "yes") changes.set(name, { slot: name, value: proposal.value, source: "confirmed", quote: proposal.quote });
    else if ((known[name]?.value ?? proposal.value) === proposal.value) changes.set(name, { slot: name, value: null, denied: proposal.value }); // unknown to the patterns, it may be a model's
  }
}

/** What is said instead of an answer. */
const NO_ANSWER = /^(?:i do not (?:know|have|remember)|not sure|no idea|hold on|one (?:moment|second)|let me (?:check|see|look|find)|wait|just a|why|what|sorry|pardon|hello|hi|thanks|thank you)\b/;
/** The whole message; nothing when it asks back, is a bare yes or no, or was all taken up by other slots. */
export function answerInWords(read: ReadMessage, taken: readonly (readonly Reading[])[]): string | undefined {
  const left = read.lines.filter((line, at) => (taken[at] ?? []).every((one) => one.to - one.from < line.plain.length / 2));
  const [first] = left;
  if (first === undefined || left.some((line) => /\?\s*$/.test(line.text)) || NO_ANSWER.test(first.line)) return undefined;
  const text = left.map((line) => line.text).join(" ").replace(/^(?:(?:yes|sure|ok|okay|well|so|um|uh)[,.:]? )+/iu, "").trim();
  return left.length === 1 && readYesNo(first) !== undefined && first.plain.length <= 3 ? undefined : text === "" ? undefined : text;
}

/** The house offered "Tuesday at ten or Wednesday at two" and the customer said "Wednesday": what stands beside the choice comes with it; of a single offer, all that it says. */
export function takeOption({ house }: Before, changes: Map<string, Change>, slots: readonly PreparedSlot[]): void {
  if (house === undefined) return;
  for (const chosen of slots) {
    const change = changes.get(chosen.name);
    if (change === undefined || change.value === null || change.source === "confirmed") continue;
    house.read.values(chosen, false).forEach((options, at) => {
      const place = options.findIndex((one) => one.value === change.value);
      const option = options[place];
      if (option === undefined) return;
      const end = options[place + 1]?.from ?? Infinity;
      for (const other of slots) {
        if (changes.has(other.name) || other.slot.type === "text" || other.slot.type === chosen.slot.type) continue;
        const others = house.read.values(other, false)[at] ?? [];
        const beside = options.length === 1 ? (others.length === 1 ? others[0] : undefined) : others.find((one) => one.from >= option.to && one.from < end);
        if (beside !== undefined) changes.set(other.name, { slot: other.name, value: beside.value, source: "confirmed", quote: quoteOf(house.read.lines[at] as Line, beside.from, beside.to) });
      }
    });
  }
}

/** "(1) too small (2) too big" and the customer says "2": the words of that option, as a machine numbers them. */
export function takeNumbered(read: ReadMessage, { house }: Before, changes: Map<string, Change>, slots: readonly PreparedSlot[]): void {
  const picked = /^\W*([1-9]|[a-h])(?:[).:\s]|$)/i.exec(read.message.text)?.[1]?.toLowerCase();
  if (house === undefined || picked === undefined) return;
  const options = [...house.read.message.text.matchAll(/(?:^|[\s(])([1-9]|[A-Ha-h])[).:]? ([^()?]+?)(?=,? \(?(?:[1-9]|[A-H])[).:]? |[?\n]|$)/g)];
  const option = options.length < 2 ? undefined : options.find((one) => one[1]?.toLowerCase() === picked)?.[2]?.trim();
  if (option === undefined) return;
  for (const slot of slots) {
    const found = slot.slot.type === "enum" && !changes.has(slot.name) ? readValues(lineOf(option), slot.slot, read.around, false)[0] : undefined;
    if (found !== undefined) changes.set(slot.name, { slot: slot.name, value: found.value, source: "confirmed", quote: option });
  }
}

/** "Flat 2, 14 Chandos Road" - "In which town?" - "Stroud": the answer belongs to the address. */
export function addPlace(read: ReadMessage, { slots: known, house }: Before, changes: Map<string, Change>, slots: readonly PreparedSlot[]): void {
  const address = slots.find(({ slot }) => slot.type === "address");
  const street = address === undefined ? undefined : known[address.name]?.value;
  const [line] = read.lines;
  if (address === undefined || street === undefined || line === undefined || changes.has(address.name) || house?.read.lines.some(asksPlace) !== true) return;
  const place = readPlace(line);
  if (place !== undefined && !street.toLowerCase().includes(place.toLowerCase())) changes.set(address.name, { slot: address.name, value: `${street}, ${place}`, source: "answered", quote: place, isPart: true });
}
