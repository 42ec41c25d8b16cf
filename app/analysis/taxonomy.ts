// Reads the site's topics and reasons from YAML and makes them ready for matching.
import { z } from "zod";
import { invalidSiteFile, parseSiteFile, readSiteFile, type SiteFile } from "./site-file.ts";
import { readPlain } from "./text/conversation.ts";
import { readPhrase, type PhraseWords } from "./text/phrase.ts";

const FILE: SiteFile = { what: "taxonomy", setting: "analysis.taxonomy" };

const id = z.string().regex(/^[a-z][a-z0-9_]{0,49}$/, "expected lower-case letters, digits and _");
const phrases = z.record(
  z.string().min(1).max(120),
  z.number("expected a weight such as 2, or -2 for words that speak against it").min(-10).max(10).refine((weight) => weight !== 0, "expected a weight other than 0"),
);
const reasonSchema = z.object({ label: z.string().min(1).max(80), phrases }).strict();
const topicSchema = z.object({ label: z.string().min(1).max(80), phrases: phrases.default({}), reasons: z.record(id, reasonSchema).default({}) }).strict();
const taxonomySchema = z
  .object({
    version: z.literal(1),
    threshold: z.number().min(0.5).max(50).default(3),
    topics: z.record(id, topicSchema).refine((topics) => Object.keys(topics).length > 0, "expected at least one topic"),
    products: z.array(z.string().min(2).max(60)).max(500).default([]),
  })
  .strict();

/** One phrase, ready for matching. */
export interface Phrase {
  text: string;
  weight: number;
  words: PhraseWords;
  /** key of the topic or reason it speaks for, e.g. `billing` or `billing.double_charge` */
  target: string;
}

export interface Taxonomy {
  threshold: number;
  /** `billing` → Billing */
  topics: Map<string, { label: string; reasons: Map<string, { label: string }> }>;
  /** all phrases by their first folded word */
  phrases: Map<string, Phrase[]>;
  /** words for things that are sold, as plain words, longest first */
  products: string[];
}

/**
 * @param path YAML file, see config/taxonomy.yaml
 * @throws AppError CONFIG_INVALID whose `details.problems` names every mistake with its path
 */
export function loadTaxonomy(path: string): Taxonomy {
  return parseTaxonomy(readSiteFile(path, FILE), path);
}

/** The same for text already read; `name` is how messages call it. */
export function parseTaxonomy(text: string, name: string): Taxonomy {
  const parsed = parseSiteFile(taxonomySchema, text, name, FILE);
  const taxonomy: Taxonomy = { threshold: parsed.threshold, topics: new Map(), phrases: new Map(), products: [] };
  const problems: { path: string; message: string }[] = [];
  const add = (list: Record<string, number>, target: string, path: string): void => {
    for (const [phraseText, weight] of Object.entries(list)) {
      const phrase = { text: phraseText, weight, words: readPhrase(phraseText), target };
      const first = phrase.words[0];
      if (first === undefined) problems.push({ path: `${path}.${phraseText}`, message: "expected at least one word" });
      else taxonomy.phrases.set(first.stem, [...(taxonomy.phrases.get(first.stem) ?? []), phrase]);
    }
  };
  for (const [topicId, topic] of Object.entries(parsed.topics)) {
    taxonomy.topics.set(topicId, { label: topic.label, reasons: new Map(Object.entries(topic.reasons).map(([reasonId, reason]) => [reasonId, { label: reason.label }])) });
    add(topic.phrases, topicId, `topics.${topicId}.phrases`);
    for (const [reasonId, reason] of Object.entries(topic.reasons)) add(reason.phrases, `${topicId}.${reasonId}`, `topics.${topicId}.reasons.${reasonId}.phrases`);
  }
  if (problems.length > 0) throw invalidSiteFile(name, FILE, problems);
  taxonomy.products = parsed.products.map((product) => readPlain(product).plain.map((word) => word.text).join(" ")).filter((product) => product !== "").sort((a, b) => b.length - a.length);
  return taxonomy;
}
