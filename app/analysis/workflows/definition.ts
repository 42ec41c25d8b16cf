// What a workflow is: a form that a conversation fills, as config/workflows/*.yaml describes it.
import { parse as parseYaml, YAMLParseError } from "yaml";
import { z } from "zod";

export const SLOT_TYPES = ["text", "name", "organisation", "phone", "email", "date", "time", "amount", "number", "iban", "reference", "enum", "boolean", "postcode", "address"] as const;
export type SlotType = (typeof SLOT_TYPES)[number];

const id = z.string().regex(/^[a-z][a-z0-9_]{0,49}$/, "expected lower-case letters, digits and _");
const said = z.string().regex(/^[a-z][a-z0-9_]*(?:=[a-z0-9][a-z0-9_-]*)?$/, "expected a slot, or slot=value");
const phrase = z.string().trim().min(1).max(120);
const scalar = z.union([z.string(), z.number(), z.boolean()]);
const header = z.string().regex(/^[\x20-\x7e\t]*$/, "expected visible characters on one line");

const slotSchema = z
  .object({
    type: z.enum(SLOT_TYPES),
    ask: z.string().trim().min(3).max(300),
    keywords: z.array(phrase).max(100).default([]),
    required: z.boolean().optional(),
    required_when: z.record(id, z.union([scalar, z.array(scalar).min(1)])).optional(),
    anywhere: z.boolean().optional(),
    from: z.enum(["customer", "opening"]).default("customer"),
    messages: z.number().int().min(1).max(10).default(1),
    names: z.array(phrase).max(2000).default([]),
    after: z.array(phrase).max(200).default([]),
    before: z.array(phrase).max(200).default([]),
    house: z.boolean().default(false),
    learned: id.optional(),
    keep: z.enum(["first", "last"]).optional(),
    pattern: z.string().min(1).max(200).optional(),
    values: z.record(z.string().regex(/^[a-z0-9][a-z0-9_-]{0,49}$/, "expected lower-case letters, digits, _ and -"), z.array(phrase).min(1).max(200)).optional(),
    min: z.number().optional(),
    max: z.number().optional(),
    min_length: z.number().int().min(1).max(2000).optional(),
    max_length: z.number().int().min(1).max(2000).optional(),
    when: z.enum(["past", "future", "any"]).default("any"),
    currency: z.string().regex(/^[A-Z]{3}$/, "expected a currency such as EUR").optional(),
  })
  .strict()
  .superRefine((slot, context) => {
    const problem = (path: string, message: string): void => context.addIssue({ code: "custom", path: [path], message });
    if (slot.required !== undefined && slot.required_when !== undefined) problem("required_when", "expected either required or required_when");
    if (slot.type === "enum" && Object.keys(slot.values ?? {}).length === 0) problem("values", "expected the values of an enum, each with the words that mean it");
    if (slot.type !== "enum" && slot.type !== "boolean" && slot.values !== undefined) problem("values", "expected only for enum and boolean");
    if (slot.type === "boolean" && Object.keys(slot.values ?? {}).some((value) => value !== "yes" && value !== "no")) problem("values", "expected only yes and no");
    if (slot.pattern !== undefined && !isPattern(slot.pattern)) problem("pattern", "expected a regular expression without nested repetition");
    if (slot.from === "opening" && slot.type !== "text") problem("from", "expected only for text");
    if (slot.from !== "opening" && slot.messages > 1) problem("messages", "expected only beside from: opening");
    if (slot.type !== "text" && slot.names.length + slot.after.length + slot.before.length > 0) problem("after", "expected only for text");
    if (slot.min !== undefined && slot.max !== undefined && slot.min > slot.max) problem("max", "expected a number that is not below min");
  });

const definitionSchema = z
  .object({
    name: id,
    version: z.number().int().min(1),
    title: z.string().trim().min(1).max(80),
    purpose: z.string().trim().min(3).max(500),
    begins: z
      .object({ reasons: z.array(z.string().regex(/^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$/, "expected a topic or reason of the taxonomy")).default([]), phrases: z.array(phrase).max(300).default([]), intents: z.array(phrase).max(40).default([]), said: z.array(z.array(said).min(2)).max(40).default([]) })
      .strict()
      .refine((begins) => begins.reasons.length + begins.phrases.length + begins.intents.length > 0, "expected reasons, phrases or intents: without any it would never begin"),
    slots: z.record(id, slotSchema).refine((slots) => Object.keys(slots).length > 0, "expected at least one slot"),
    complete: z.object({ any_of: z.array(z.array(id).min(2)).default([]), min_confidence: z.number().min(0).max(1).default(0.5) }).strict().prefault({}),
    endpoint: z
      .object({ url: z.url({ protocol: /^https?$/ }), secret: z.string().min(1).optional(), headers: z.record(z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, "expected the name of a header"), header).default({}), timeout_seconds: z.number().min(1).max(120).default(15) })
      .strict()
      .optional(),
    retention_days: z.number().int().min(1).max(36_500),
  })
  .strict()
  .superRefine(({ slots, complete, begins }, context) => {
    const unknown = (path: (string | number)[], name: string): void => context.addIssue({ code: "custom", path, message: `there is no slot ${name}; expected one of ${Object.keys(slots).join(", ")}` });
    for (const [name, slot] of Object.entries(slots)) for (const other of Object.keys(slot.required_when ?? {})) if (slots[other] === undefined || other === name) unknown(["slots", name, "required_when", other], other);
    begins.said.forEach((group, at) => group.forEach((name, within) => (slots[name.split("=")[0] ?? ""] === undefined ? unknown(["begins", "said", at, within], name) : undefined)));
    complete.any_of.forEach((group, at) => group.forEach((name, within) => (slots[name] === undefined ? unknown(["complete", "any_of", at, within], name) : undefined)));
    if (complete.any_of.length === 0 && !Object.values(slots).some((slot) => slot.required === true)) context.addIssue({ code: "custom", path: ["complete"], message: "expected a required slot or any_of: it would be complete before anything is said" });
  });

export type Slot = z.output<typeof slotSchema>;
/** One form: its slots in the order in which they are asked for, when it begins, when it is complete, and where it goes. */
export type Workflow = z.output<typeof definitionSchema>;

export interface Problem {
  path: string;
  message: string;
}

/** @returns the workflow, or every mistake with its path */
export function parseWorkflow(text: string): { workflow: Workflow } | { problems: Problem[] } {
  let raw: unknown;
  try {
    raw = parseYaml(text, { uniqueKeys: true });
  } catch (cause) {
    const line = cause instanceof YAMLParseError ? cause.linePos?.[0].line : undefined;
    const twice = cause instanceof Error && cause.message.includes("unique") ? "has the same name twice" : "is not YAML";
    return { problems: [{ path: line === undefined ? "(top)" : `line ${line}`, message: twice }] };
  }
  const parsed = definitionSchema.safeParse(raw);
  if (parsed.success) return { workflow: parsed.data };
  return { problems: parsed.error.issues.map((issue) => ({ path: issue.path.join(".") || "(top)", message: issue.message })) };
}

/** A pattern of a site runs over every message: one that can take exponential time ("(a+)+") is refused. */
function isPattern(text: string): boolean {
  if (/[+*}][^()]*\)\s*[+*{]/.test(text)) return false;
  try {
    return new RegExp(text, "u").test("") !== undefined;
  } catch {
    return false;
  }
}
