// A language model that knows the answers: the product's model engine asks it, and what was asked and answered is what a student learns from.
import { clean, createEvidence, itemsOfTurns } from "./product.mjs";

const NAMED = new Set(["person", "organisation", "place", "product", "reference"]);
const QUOTE_WORDS = 18;
const NOBODY = { turns: [], quote: "", text: "" };

/**
 * @param turns of the conversation
 * @param gold  what is true of it (gold.mjs)
 * @param base  () => what the extractive engine found, for names and for lines that show a verdict
 * @param contextTokens that the student will have
 * @returns a `LanguageModel` (app/analysis/models/language-model.ts) with `asked`: readings with their questions and answers
 */
export function createTeacher(turns, gold, base, contextTokens) {
  const items = itemsOfTurns(turns);
  const byId = new Map(items.map((item) => [item.evidence[0], item]));
  const evidence = createEvidence(items, true);
  const asked = [];
  const note = (reading, question, answer) => {
    if (asked.at(-1)?.document !== reading.document || asked.at(-1)?.system !== reading.system) asked.push({ ...reading, asks: [] });
    asked.at(-1).asks.push({ question, answer });
  };

  /** " copied": the space is part of a word's token, and copied with it */
  const spaced = (text) => (text === "" ? "" : ` ${text}`);
  const quoteOf = (text) => spaced(clean(text).split(" ").slice(0, QUOTE_WORDS).join(" ").slice(0, 150));
  const citing = (windows, document, said) => {
    const cited = windows.map(({ turn, text }) => ({ item: byId.get(turn), text: clean(text) }));
    if (cited.length === 0 || cited.some(({ item, text }) => item === undefined || !document.includes(`[${item.number}] `) || !document.includes(text))) return undefined;
    const fact = { turns: cited.map(({ item }) => item.number), quote: quoteOf(cited[0].text), text: spaced(said(cited)) };
    return evidence.proveFinding(fact, fact.text) === undefined ? undefined : fact;
  };
  const attributed = (cited) => cited.map(({ item, text }) => (/^(?:Agent|Customer)$/.test(item.who) ? `${item.who}: ${text}` : text)).join(" ").slice(0, 198);
  const plain = (cited) => cited.map(({ text }) => text).join(" ").slice(0, 198);

  const answers = {
    points: (document) => ({
      points: gold.points.map((point) => citing(point.windows, document, attributed)).filter((fact) => fact !== undefined).sort((a, b) => a.turns[0] - b.turns[0]).slice(0, 6),
      intent: (gold.intent === null ? undefined : citing([gold.intent], document, plain)) ?? NOBODY,
    }),
    tasks: (document) => ({
      tasks: gold.tasks.flatMap((task) => {
        const fact = citing([{ turn: task.turn, text: task.quote }], document, () => clean(task.text));
        if (fact === undefined) return [];
        const when = clean(task.when);
        return [{ turns: fact.turns, quote: fact.quote, by: task.by, promised: task.promised, when: document.includes(` ${when}`) ? spaced(when) : "", text: fact.text }];
      }).slice(0, 8),
    }),
    names: (document) => ({
      names: namesOf().flatMap((name) => {
        const item = byId.get(name.turn);
        const text = clean(name.text);
        return item === undefined || text.length > 70 || !item.text.includes(text) || !document.includes(`[${item.number}] `) ? [] : [{ turn: item.number, text: spaced(text), kind: name.kind, at: item.text.indexOf(text) }];
      }).sort((a, b) => a.turn - b.turn || a.at - b.at).slice(0, 12).map(({ at: _, ...name }) => name),
    }),
    proofs: (document, { schema }) => Object.fromEntries(Object.keys(schema.properties).map((name) => [name, proofOf(name, document)])),
    keep: (document, { schema }) => {
      const notes = [...document.matchAll(/^\[(\d+)\]/gm)].map((match) => Number(match[1]));
      const most = schema.properties.keep.maxItems;
      const count = Math.min(notes.length, most);
      return { keep: Array.from({ length: count }, (_, at) => notes[Math.round((at * (notes.length - 1)) / Math.max(1, count - 1))]) };
    },
  };

  function proofOf(name, document) {
    const found = base();
    const from = {
      topic: [gold.intent?.turn, gold.points[0]?.windows[0].turn],
      outcome: [gold.proofs?.outcome, ...(found.outcome === gold.outcome ? found.outcome_evidence : []), gold.points.at(-1)?.windows.at(-1).turn],
      escalation: [gold.proofs?.escalation, ...found.risks.escalation.evidence, ...customersOf(gold)],
      churn: [gold.proofs?.churn, ...found.risks.churn.evidence, ...customersOf(gold)],
    }[name] ?? [];
    const numbers = notesLines(document);
    for (const id of from) {
      const item = byId.get(id);
      if (item === undefined) continue;
      const known = [gold.intent, ...gold.points.flatMap((point) => point.windows)].find((window) => window?.turn === id);
      const words = clean(known?.text ?? item.text);
      // over notes the lines are findings: the one that holds the words
      const number = numbers === undefined ? item.number : numbers.find((line) => line.text.includes(words))?.number;
      if (number === undefined || !document.includes(words) || !document.includes(`[${number}] `)) continue;
      const cited = { turns: [number], quote: quoteOf(words) };
      if (numbers !== undefined || evidence.prove(cited) !== undefined) return cited;
    }
    return { turns: [], quote: "" };
  }
  const namesOf = () => gold.names ?? base().entities.filter(({ kind }) => NAMED.has(kind)).map((name) => ({ ...name, turn: name.evidence[0] }));
  const customersOf = ({ points }) => points.flatMap((point) => point.windows.map(({ turn }) => turn)).filter((id) => byId.get(id)?.who === "Customer").reverse();
  const notesLines = (document) => (document.startsWith("<notes>") ? [...document.matchAll(/^\[(\d+)\] (.*)$/gm)].map(([, number, text]) => ({ number: Number(number), text })) : undefined);

  const choices = { topic: () => gold.reason ?? "none", outcome: () => gold.outcome, escalation: () => gold.escalation, churn: () => gold.churn };
  return {
    engine: "llama", name: "teacher", contextTokens, seed: 0, parallel: 1, asked,
    countTokens: async (texts) => texts.map((text) => Math.ceil(text.length / 3.6)),
    async answer(reading, questions) {
      return questions.map((question) => {
        const answer = answers[question.name](reading.document, question);
        note(reading, question, answer);
        return answer;
      });
    },
    async choose(reading, listed) {
      return listed.map((choice) => {
        const value = choices[choice.name]();
        const at = choice.options.findIndex((option) => option.value === value);
        note(reading, choice, at < 0 ? choice.options.length - 1 : at);
        return { value: at < 0 ? choice.options.at(-1).value : value, probabilities: {} };
      });
    },
    status: () => ({ state: "ready", restarts: 0 }),
    stop: async () => undefined,
  };
}
