// The overview: what is going on today, each number with its definition and its conversations.
import { z } from "zod";
import { toRfc3339 } from "../../domain/index.ts";
import type { ContactFilter } from "../../store/index.ts";
import { dayWordsOf, PERIODS, renderOverview, spanWords, type BoardView, type FirstStepsView } from "../../ui/index.ts";
import { checkedQuery } from "../checked.ts";
import { frameOf } from "../frame.ts";
import { narrowed, scopeOf, type Scope } from "../principal.ts";
import { NARROWED_READERS, type Exchange, type Route } from "../route.ts";
import { auditOnce } from "./audit-once.ts";
import { DAYS_NEEDED, overviewOf } from "./overview-view.ts";
import { PAGE_ANSWERS, sendPage } from "./send-page.ts";
import { walkContacts } from "./walk-contacts.ts";

const overviewQuery = z.object({ period: z.enum(PERIODS).default("today").describe("today so far, or the last 7 or 30 days with today") });
const LATEST = 7;
const LATEST_WITHIN_MS = 2 * 86_400_000;
const ISSUES = 4;

export const overviewPages: Route[] = [
  {
    method: "get", path: "/", access: NARROWED_READERS, isPage: true,
    docs: { id: "overviewPage", summary: "Dashboard: overview; people who are bound to agents see the numbers of these agents' contacts", query: overviewQuery, answers: PAGE_ANSWERS, problems: ["REQUEST_INVALID"] },
    async handle(exchange) {
      const { period } = checkedQuery(overviewQuery, exchange.req);
      const { appliance } = exchange.parts;
      const scope = scopeOf(exchange.context.principal);
      const agentIds = agentsOf(scope);
      const [nowMs, zone] = [appliance.clock.now(), appliance.config.site.timezone];
      const days = scope.sees === "nothing" || appliance.board.isNew() ? [] : await appliance.board.days(DAYS_NEEDED[period], agentIds);
      const today = days.at(-1);
      const board: BoardView | null = today === undefined ? null : {
        ...overviewOf(days, period, appliance.board.usualByNow(agentIds), dayWordsOf(zone)),
        latest: await latest(exchange, scope),
        ...(scope.sees === "all" ? await house(exchange) : { issues: null, house: null }),
      };
      const first = days.at(-{ today: 1, "7d": 7, "30d": 30 }[period])?.fromMs ?? nowMs;
      sendPage(exchange, renderOverview({ frame: frameOf(exchange, "overview"), period, span: spanWords(first, nowMs, zone), board, steps: board === null && scope.sees === "all" ? await steps(exchange) : null }));
    },
  },
];

/** null: the whole house */
export function agentsOf(scope: Scope): readonly string[] | null {
  return scope.sees === "all" ? null : scope.sees === "agents" ? scope.agentIds : [];
}

/** The newest calls by when they began, the time that is shown: what was recorded long ago and brought in today is none of them. */
async function latest({ parts: { appliance } }: Exchange, scope: Scope): Promise<BoardView["latest"]> {
  const { contacts } = appliance.store.reads;
  const filter = narrowed<ContactFilter>(scope, { channel: "phone", fromMs: appliance.clock.now() - LATEST_WITHIN_MS });
  if (filter === undefined) return [];
  const { ids } = await walkContacts(contacts, { filter, sort: "newest", after: undefined, count: LATEST });
  return contacts.rows(ids).map(({ call_id, source, atMs, state, outcome, topic, reason, length_ms }) => ({ call_id, source, at: toRfc3339(atMs), status: state, outcome, topic, reason, lengthMs: length_ms }));
}

/** What is open, with customers' own words: the reading is audited. And how the house fares. */
async function house(exchange: Exchange): Promise<Pick<BoardView, "issues" | "house">> {
  const { appliance } = exchange.parts;
  const [open, state] = await Promise.all([appliance.issues.unresolved({ limit: ISSUES }), appliance.board.house()]);
  auditOnce(exchange, "issues.read", { kind: "issues", id: null });
  return {
    issues: {
      customers: open.total.customers, conversations: open.total.conversations, formula: open.definition.formula,
      issues: open.items.map(({ label, reason, customers, conversations, oldest, trend, quotes }) => ({
        label, reason, customers, conversations, oldestAt: oldest?.opened_at ?? null, trend: { direction: trend.direction, last: trend.last_7_days, previous: trend.previous_7_days },
        quotes: quotes.map((quote) => ({ text: quote.text, channel: quote.channel, at: quote.at, customerId: quote.customer_id })),
      })),
    },
    house: { ...state, crm: appliance.config.crm.url !== undefined },
  };
}

async function steps({ req, parts: { appliance } }: Exchange): Promise<FirstStepsView> {
  const { config, speech, board, store } = appliance;
  return {
    url: config.http.public_url ?? `${req.protocol}://${req.host}`, folders: config.intake.folders.map((folder) => folder.path), sources: config.intake.sources.map((source) => source.name),
    mailboxes: config.channels.mailboxes.map((mailbox) => mailbox.name), inWork: (await board.house()).inWork, crm: config.crm.url !== undefined, people: store.people.count() > 0, speechModel: speech.identity.model,
  };
}
