// What the address of the list of conversations says, and what it means for the store.
import { z } from "zod";
import { ANY_ALERT, CALL_STATUSES, channelSchema, CONTACT_SORTS, CONTACT_STATUSES, MOODS, OUTCOMES, type ContactSort } from "../../domain/index.ts";
import { toUtcMs } from "../../intake/index.ts";
import { SEARCH_ORDERS, type SearchOrder } from "../../pipeline/index.ts";
import type { ContactFilter } from "../../store/index.ts";
import type { Chosen } from "../../ui/index.ts";
import { checkedQuery, pageQuery, present } from "../checked.ts";
import type { Exchange } from "../route.ts";

/** A form sends every field: an empty one says nothing. */
const field = <S extends z.ZodType>(schema: S) => z.union([z.literal(""), schema]).optional();
const name = z.string().trim().max(200);
const day = z.iso.date();

export const conversationsQuery = z.object({
  q: field(z.string().trim().max(500)).describe('words to look for in what was said and written: "in this order", -not, begin*'),
  channel: field(channelSchema),
  agent: field(name).describe("id of the agent"),
  queue: field(name),
  topic: field(name),
  reason: field(name),
  outcome: field(z.enum(OUTCOMES)),
  sentiment: field(z.enum(MOODS)).describe("the customer's mood at the end: below −0.1, between, above 0.1"),
  rule: field(z.union([z.literal(ANY_ALERT), z.string().regex(/^[a-z][a-z0-9_]{0,49}$/, "expected the name of a rule, or * for any alert")])),
  status: field(z.enum(CONTACT_STATUSES)).describe("of the conversation; due: not resolved, and a promised day has come"),
  state: field(z.enum(CALL_STATUSES)).describe("of calls"),
  from: field(day).describe("first day, in the zone of the site"),
  to: field(day).describe("last day"),
  sort: field(z.enum(CONTACT_SORTS)),
  order: field(z.enum(SEARCH_ORDERS)).describe("of what is found"),
  cursor: pageQuery.shape.cursor,
});

/** @returns what is chosen, without what is empty @throws AppError REQUEST_INVALID */
export function chosenOf(query: z.output<typeof conversationsQuery>): Chosen & { sort?: ContactSort; order?: SearchOrder } {
  return present(Object.fromEntries(Object.entries(query).filter(([, value]) => value !== "")));
}

export function chosenIn({ req }: Pick<Exchange, "req">): ReturnType<typeof chosenOf> {
  return chosenOf(checkedQuery(conversationsQuery, req));
}

/** @param today `YYYY-MM-DD` where the site is */
export function filterOf(chosen: Chosen, timeZone: string, today: string): ContactFilter {
  const { channel, agent, queue, topic, reason, outcome, sentiment, rule, status, state, from, to } = chosen;
  return present({
    channel, agentId: agent, queue, topic, reason, outcome, sentiment, rule, status, state, today: status === "due" ? today : undefined,
    fromMs: from === undefined ? undefined : dayStart(from, 0, timeZone), toMs: to === undefined ? undefined : dayStart(to, 1, timeZone),
  }) as ContactFilter;
}

/** @returns e.g. `2026-11-03` */
export function dayAt(ms: number, timeZone: string): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" }).format(ms);
}

/** When a day begins where the site is, `later` days after the named one. */
function dayStart(named: string, later: number, timeZone: string): number | undefined {
  const at = new Date(Date.parse(named) + later * 86_400_000);
  return toUtcMs({ year: at.getUTCFullYear(), month: at.getUTCMonth() + 1, day: at.getUTCDate(), hour: 0, minute: 0, second: 0 }, timeZone);
}
