// The ledger: reads the store, makes a view-model, lets ui/ draw it; sets failed contacts going again.
import { z } from "zod";
import { toRfc3339, type LateRule } from "../../domain/index.ts";
import { toUtcMs } from "../../intake/index.ts";
import type { LedgerFilter, Standing } from "../../store/index.ts";
import { LEDGER_TABS, renderLedger, type LedgerRow, type LedgerTab, type LedgerView } from "../../ui/index.ts";
import { checkedQuery, pageQuery, present } from "../checked.ts";
import { frameOf } from "../frame.ts";
import { OVERSEERS, type Exchange, type Route } from "../route.ts";
import { PAGE_ANSWERS, PAGE_SIZE, sendPage } from "./send-page.ts";

const DAY_MS = 86_400_000;
/** Without dates the completeness is that of a week: what is older is either through or known. */
const USUAL_DAYS = 7;

/** Forms send empty fields. */
const optional = <S extends z.ZodType>(schema: S): z.ZodType<z.output<S> | undefined> => z.preprocess((value) => (value === "" ? undefined : value), schema.optional());
const day = optional(z.string().regex(/^\d{4}-\d{2}-\d{2}$/, "expected a day such as 2026-11-03"));

/** Who looks at what; what a press of "Try again" came to is shown once. */
export const ledgerQuery = z.object({
  tab: z.enum(LEDGER_TABS).default("all"),
  source: optional(z.string().max(63)),
  code: optional(z.string().regex(/^[A-Z_]{1,60}$/)),
  from: day.describe("day of arrival, in the zone of the site"),
  to: day,
  again: optional(z.coerce.number().int().min(0).max(PAGE_SIZE)),
  refused: optional(z.coerce.number().int().min(0).max(PAGE_SIZE)),
  why: optional(z.string().regex(/^[A-Z_]{1,60}$/)),
  unfinished: optional(z.string()).describe("an older address; shows what is in work"),
  ...pageQuery.pick({ cursor: true }).shape,
});
export type LedgerQuery = z.output<typeof ledgerQuery>;

export const ledgerPages: Route[] = [
  {
    method: "get", path: "/ledger", access: { roles: OVERSEERS }, isPage: true,
    docs: { id: "ledgerPage", summary: "Dashboard: ledger", query: ledgerQuery, answers: PAGE_ANSWERS, problems: ["REQUEST_INVALID"] },
    async handle(exchange) {
      const query = checkedQuery(ledgerQuery, exchange.req);
      sendPage(exchange, renderLedger(await viewOf(exchange, { ...query, tab: query.unfinished === "true" ? "work" : query.tab })));
    },
  },
];

/** The address of a list with its filter, without `?`. */
export function ledgerAddress(query: Partial<LedgerQuery>): string {
  const { tab, source, code, from, to, cursor } = query;
  return new URLSearchParams(present({ tab, source, code, from, to, cursor }) as Record<string, string>).toString();
}

async function viewOf(exchange: Exchange, query: LedgerQuery): Promise<LedgerView> {
  const { appliance } = exchange.parts;
  const { reads } = appliance.store;
  const now = appliance.clock.now();
  const rules = appliance.mending.lateRules();
  const filter = filterOf(query, appliance.config.site.timezone);
  const { tab, code } = query;
  const { items, next } = reads.ledger.list(tab, { ...filter, ...present({ code: tab === "failed" ? code : undefined }) }, rules, now, { limit: PAGE_SIZE, ...present({ cursor: query.cursor }) });
  const address = (changes: Partial<LedgerQuery>): string => `/ledger?${ledgerAddress({ ...query, cursor: undefined, ...changes })}`;
  const disk = (await appliance.readiness()).checks.find((check) => check.name === "disk");
  return {
    frame: frameOf(exchange, "ledger"),
    tab, rules,
    counts: reads.ledger.counts(filter, rules, now),
    rows: items.map((item) => rowOf(item, rules, now)),
    filter: { source: query.source ?? null, from: query.from ?? null, to: query.to ?? null, code: tab === "failed" ? (code ?? null) : null },
    query: ledgerAddress(query),
    sources: reads.ledger.sources().map((one) => one.source),
    reasons: tab === "failed" ? reads.ledger.reasons(filter).map((one) => ({ ...one, href: address({ code: one.code ?? undefined }) })) : [],
    completeness: tab === "all" && query.cursor === undefined ? completenessOf(exchange, query, filter, now, address) : null,
    result: query.again === undefined ? null : { again: query.again, refused: query.refused ?? 0, why: query.why ?? null },
    refusing: disk?.ok === false ? `${disk.detail}; make room on the disk of the data folder, and senders bring what they have by themselves` : null,
    next: next === null ? null : `/ledger?${ledgerAddress({ ...query, cursor: next })}`,
    tabAddress: (other) => address({ tab: other, code: undefined }),
    parked: parkedIn(exchange),
  };
}

/** Jobs and results that wait for a person. */
export function parkedIn({ parts }: Exchange): number {
  const { queue } = parts.appliance.store.reads;
  return queue.groups().reduce((sum, one) => sum + (one.state === "parked" ? one.count : 0), 0) + queue.outbox().reduce((sum, one) => sum + one.parked, 0);
}

/** Days of the site become moments; `to` is the last day that counts. */
export function filterOf({ source, from, to }: Pick<LedgerQuery, "source" | "from" | "to">, timeZone: string): LedgerFilter {
  const midnight = (text: string | undefined, days: number): number | undefined => {
    const [year = 0, month = 0, dayOfMonth = 0] = (text ?? "").split("-").map(Number);
    if (text === undefined || Number.isNaN(Date.UTC(year, month - 1, dayOfMonth))) return undefined;
    const date = new Date(Date.UTC(year, month - 1, dayOfMonth + days));
    return toUtcMs({ year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate(), hour: 0, minute: 0, second: 0 }, timeZone);
  };
  return present({ source, fromMs: midnight(from, 0), toMs: midnight(to, 1) });
}

function completenessOf({ parts }: Exchange, query: LedgerQuery, filter: LedgerFilter, now: number, address: (changes: Partial<LedgerQuery>) => string): LedgerView["completeness"] {
  const isDated = filter.fromMs !== undefined || filter.toMs !== undefined;
  const period: LedgerFilter = isDated ? filter : { ...filter, fromMs: now - USUAL_DAYS * DAY_MS };
  const { gaps, ...sums } = parts.appliance.store.reads.ledger.completeness(period);
  return {
    ...sums,
    period: isDated ? [query.from === undefined ? "" : `from ${query.from}`, query.to === undefined ? "" : `to ${query.to}`].filter((part) => part !== "").join(" ") : `the last ${USUAL_DAYS} days`,
    hasCrm: parts.appliance.config.crm.url !== undefined,
    gaps: gaps.map((gap) => ({ ...gap, href: address({ tab: gap.place as LedgerTab, code: gap.code ?? undefined }) })),
  };
}

function rowOf(standing: Standing, rules: readonly LateRule[], now: number): LedgerRow {
  const { sessionId, callId, customerId, receivedAtMs, sinceMs, heldUntilMs, stages, ...rest } = standing;
  const rule = rules.find((one) => one.stage === standing.stage);
  const isWaiting = standing.place === "work" || standing.place === "announced";
  return {
    ...rest,
    session_id: sessionId, call_id: callId, customer_id: customerId, received_at: toRfc3339(receivedAtMs), since: toRfc3339(sinceMs), waitingMs: Math.max(0, now - sinceMs),
    hasRecording: standing.reached > 0,
    isLate: isWaiting && rule !== undefined && now - sinceMs > rule.lateAfterMs,
    held_until: heldUntilMs === null ? null : toRfc3339(heldUntilMs),
    stages: stages.map(({ atMs, ...entry }) => ({ ...entry, at: toRfc3339(atMs) })),
  };
}
