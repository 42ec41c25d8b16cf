// What a receiver of alerts gets when a rule matched: which rule, which session, and the lines that prove it. Pure.
import { z } from "zod";
import { DIRECTIONS, SEVERITIES, searchedSchema, SPEAKERS } from "../domain/index.ts";

/** Lines that a person reads on a telephone; the rest is behind the link. */
const MOST_LINES = 5;

/** The body of every alert; also the `rule.matched` webhook of the OpenAPI document. */
export const alertBodySchema = z.object({
  type: z.literal("rule.matched"),
  rule: z.string(),
  label: z.string(),
  severity: z.enum(SEVERITIES),
  session_id: z.string(),
  revision: z.int(),
  channel: z.string(),
  call_id: z.string().nullable().describe("null for sessions of messages"),
  direction: z.enum(DIRECTIONS),
  queue: z.string().nullable(),
  agent: z.object({ id: z.string().nullable(), name: z.string().nullable() }),
  customer_id: z.string().nullable(),
  conversation_id: z.string().nullable(),
  at: z.iso.datetime(),
  lines: z.array(z.object({ message_id: z.string(), speaker: z.enum(SPEAKERS), text: z.string() })).describe("redacted, the first five"),
  searched: z.array(searchedSchema).describe("for words that were not said: where they were looked for"),
  numbers: z.array(z.object({ name: z.string(), value: z.number() })),
  link: z.string().nullable().describe("address of the call on the dashboard"),
});
export type AlertBody = z.infer<typeof alertBodySchema>;

/** @param linkBase address of the dashboard, with or without a slash at the end @throws ZodError when the alert does not fit the contract; that is a fault of Earshot */
export function buildAlertBody({ linkBase, lines, ...alert }: Omit<AlertBody, "type" | "link"> & { linkBase: string }): AlertBody {
  const link = alert.call_id === null ? null : `${linkBase.replace(/\/+$/, "")}/calls/${encodeURIComponent(alert.call_id)}`;
  return alertBodySchema.parse({ type: "rule.matched", ...alert, lines: lines.slice(0, MOST_LINES), link } satisfies AlertBody);
}
