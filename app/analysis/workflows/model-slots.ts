// A language model may propose values for slots that patterns cannot read.
import type { LanguageModel } from "../models/language-model.ts";
import { slots1 } from "../prompts/slots-1.ts";
import { clean, documentOf, lineOf } from "../reading/items.ts";
import type { SaidMessage } from "./message.ts";
import type { ProposedSlot } from "./proposals.ts";
import type { PreparedWorkflow } from "./reader.ts";

/** Whatever reads slots beside the patterns: a model, or a test's stand-in. */
export interface SlotReader {
  /** stored with what it proposes */
  readonly name: string;
  propose(workflow: PreparedWorkflow, messages: readonly SaidMessage[], wanted: readonly string[], signal?: AbortSignal): Promise<ProposedSlot[]>;
}

/** What a chat template adds. */
const MARGIN = 64;

/** @returns values that a language model proposes for the wanted slots; they are checked like everybody's. @throws AppError as the model does */
export async function readSlotsWithModel(model: LanguageModel, workflow: PreparedWorkflow, messages: readonly SaidMessage[], wanted: readonly string[], signal?: AbortSignal): Promise<ProposedSlot[]> {
  const fields = workflow.slots.flatMap(({ name, slot }) => (wanted.includes(name) ? [{ name, type: slot.type, values: slot.type === "enum" ? Object.keys(slot.values ?? {}) : [], question: slot.ask }] : []));
  if (fields.length === 0) return [];
  const question = slots1.fill(workflow.workflow.name, workflow.workflow.purpose, fields);
  const system = slots1.system();
  const lines = messages.map((one, at) => lineOf({ number: at + 1, who: one.speaker }, clean(one.text)));
  const from = await firstThatFits(model, lines, `${system}\n${question.instruction}`, question.maxTokens, signal);
  const [answer] = await model.answer({ system, document: documentOf("conversation", lines.slice(from)) }, [question], signal);
  const found = (answer as { found?: unknown } | null)?.found;
  return (Array.isArray(found) ? found : []).flatMap((one: Partial<Record<"slot" | "value" | "quote" | "message", unknown>>) => {
    const message = messages[Number(one.message) - 1]?.id;
    return typeof one.slot === "string" && typeof one.value === "string" && typeof one.quote === "string" && message !== undefined ? [{ slot: one.slot, value: one.value, quote: one.quote, message }] : [];
  });
}

/** Whole messages, the newest ones, as many as the model can read beside the instruction and its answer. */
async function firstThatFits(model: LanguageModel, lines: readonly string[], before: string, answerTokens: number, signal: AbortSignal | undefined): Promise<number> {
  const counts = await model.countTokens([before, ...lines.map((line) => `${line}\n`)], signal);
  let left = model.contextTokens - answerTokens - (counts[0] ?? 0) - MARGIN;
  let from = lines.length;
  while (from > 0 && left >= (counts[from] ?? 0)) left -= counts[from--] ?? 0;
  return from;
}

/** The reader that is a language model. */
export function modelSlotReader(model: LanguageModel): SlotReader {
  return { name: `${model.engine} ${model.name} ${slots1.version}`, propose: (workflow, messages, wanted, signal) => readSlotsWithModel(model, workflow, messages, wanted, signal) };
}
