// What fragments teach: examples for chains of tags, for days and for choices, by the features that the product reads with.
import { findPhrases, readPhrase } from "../../../dist/app/analysis/workflows/message.js";
import { readValues } from "../../../dist/app/analysis/workflows/values/read-values.js";
import { choiceFeatures } from "../../../dist/app/analysis/workflows/learned/choices.js";
import { momentFeatures } from "../../../dist/app/analysis/workflows/learned/moments.js";
import { spanFeatures } from "../../../dist/app/analysis/workflows/learned/spans.js";

/** Of which slots of which workflows a span head reads. */
const SLOTS = { item: ["returns", "item"], service: ["appointment", "service"] };
const DATE = { type: "date", when: "any", keywords: [], anywhere: true }, TIME = { type: "time", when: "any", keywords: [], anywhere: true }, AMOUNT = { type: "amount", when: "any", keywords: [] };

/** One example per sentence of a fragment in which such a span may stand. */
export function spanExample({ writer, workflow, turns }, name, { role, names }, workflows) {
  const [home, slotName] = SLOTS[name];
  if (workflow !== home) return [];
  const slot = workflows.get(home).slots.find((one) => one.name === slotName);
  const known = remembered(slot, names);
  return turns.flatMap(({ isHouse, read, marks, house }) => read.lines.map((line, at) => {
    const ground = { isHouse, isAsked: house?.asked.get(home)?.has(slotName) ?? false, listed: findPhrases(known, line.stems), after: findPhrases(slot.after, line.stems), before: findPhrases(slot.before, line.stems) };
    const spans = marks[at].filter((one) => one.role === role);
    const tags = line.plain.map((_, word) => {
      const span = spans.find(({ from, to }) => word >= from && word < to);
      return span === undefined ? "O" : word === span.from ? "B" : "I";
    });
    return { writer, spans, tags, features: spanFeatures(line, ground) };
  }));
}

const KNOWN = new Map();

/** Names of the slot with the common ones, made once: an index hangs on them. */
function remembered(slot, names) {
  const key = `${slot.name} ${names.length}`;
  if (!KNOWN.has(key)) KNOWN.set(key, [...slot.names, ...names.map(readPhrase)]);
  return KNOWN.get(key);
}

const ROLES = new Set(["appointment", "old_appointment", "callback", "incident", "bought", "valid_from", "when", "budget", "sum"]);

/** What slots read by it; patterns and the course of the talk know the others better (README.md). */
const READ = new Set(["callback"]);

/** One example per day, time or sum that the product's readers find and that is marked. */
export function momentExamples({ writer, turns }, workflows) {
  return turns.flatMap(({ isHouse, read, marks, house }) => read.lines.flatMap((line, at) => [DATE, TIME, AMOUNT].flatMap((slot) =>
    readValues(line, slot, { country: "GB", today: "2026-06-10" }, slot.type === "amount").flatMap((place) => {
      const mark = marks[at].find((one) => ROLES.has(one.role) && one.from < place.to && one.to > place.from);
      const asked = askedTypes(house, workflows);
      return mark === undefined ? [] : [{ writer, label: READ.has(mark.role) ? mark.role : "other", features: momentFeatures(line, place, { type: slot.type, isHouse, asked, before: read.lines[at - 1], after: read.lines[at + 1] }) }];
    }))));
}

/** Types that the house asked for. */
function askedTypes(house, workflows) {
  return house === undefined ? [] : [...new Set([...house.asked].flatMap(([name, asked]) => workflows.get(name).slots.flatMap(({ name: slot, slot: { type } }) => (asked.has(slot) && (type === "date" || type === "time" || type === "amount") ? [type] : []))))];
}

/** The last turn of the customer with what the house said before it. */
export function choiceExample({ writer, labels, turns }, name, { slots, workflow }) {
  const slot = slots.find((one) => one.slot.learned === name) ?? slots.find((one) => one.name === name);
  const own = turns.filter(({ isHouse }) => !isHouse);
  const last = own.at(-1);
  if (slot === undefined || last === undefined) return [];
  const says = (line) => readValues(line, slot.slot, { country: "GB", today: "2026-06-10" }, false).map(({ value }) => value);
  const lines = own.flatMap(({ read }) => read.lines);
  return [{ writer, label: labels[name] ?? "none", features: choiceFeatures(lines, { isAsked: last.house?.asked.get(workflow.name)?.has(slot.name) ?? false, says, house: last.house?.read.lines ?? [] }) }];
}

/** A piece of what customers say, alone. */
export function phraseExample(label, text, name, { slots }, reader) {
  const slot = slots.find((one) => one.slot.learned === name);
  const says = (line) => readValues(line, slot.slot, { country: "GB", today: "2026-06-10" }, false).map(({ value }) => value);
  return { writer: "phrases", label, features: choiceFeatures(reader.read({ id: `phrase ${text}`, speaker: "customer", text, atMs: 0 }).lines, { isAsked: false, says, house: [] }) };
}
