// Agents, topics and trends: comparison with drill-down, for those who oversee the house or a team.
import { z } from "zod";
import { AppError, toRfc3339 } from "../../domain/index.ts";
import { TREND_DAYS } from "../../pipeline/index.ts";
import { COMPARED_DAYS, dayWordsOf, renderAgent, renderAgents, spanWords, TREND_GROUPINGS, type ComparisonView } from "../../ui/index.ts";
import { checkedQuery, pathPart } from "../checked.ts";
import { frameOf } from "../frame.ts";
import { scopeOf } from "../principal.ts";
import { OVERSEERS, type Exchange, type Route } from "../route.ts";
import { agentOf, agentsOf, AGENTS_ON_A_PAGE, topicsOf, trendsOf } from "./agents-view.ts";
import { auditOnce } from "./audit-once.ts";
import { agentsOf as agentsOfScope } from "./overview.ts";
import { nextAddress, PAGE_ANSWERS, sendPage } from "./send-page.ts";

const QUOTES = 2;
const access = { roles: OVERSEERS, narrowed: true } as const;

const agentsQuery = z.object({
  view: z.enum(["agents", "topics", "trends"]).default("agents"),
  days: z.coerce.number().pipe(z.literal([...COMPARED_DAYS])).default(30).describe("how many days, with today"),
  by: z.enum(TREND_GROUPINGS).default("topic").describe("of trends: a line for each"),
  cursor: z.coerce.number().int().min(0).max(100_000).default(0).describe("of agents: how many come before"),
});

export const agentPages: Route[] = [
  {
    method: "get", path: "/agents", access, isPage: true,
    docs: { id: "agentsPage", summary: "Dashboard: agents, topics and trends side by side; a team's supervisor or analyst sees the team's", query: agentsQuery, answers: PAGE_ANSWERS, problems: ["REQUEST_INVALID"] },
    async handle(exchange) {
      const query = checkedQuery(agentsQuery, exchange.req);
      const { clock, config } = exchange.parts.appliance;
      const [shown, firstMs] = await comparison(exchange, query);
      sendPage(exchange, renderAgents({ frame: frameOf(exchange, "agents"), days: query.days, span: spanWords(firstMs, clock.now(), config.site.timezone), shown }));
    },
  },
  {
    method: "get", path: "/agents/:id", access, isPage: true,
    docs: { id: "agentPage", summary: "Dashboard: one agent over twelve weeks", answers: PAGE_ANSWERS, problems: ["NOT_FOUND"] },
    async handle(exchange) {
      const { board, clock, config } = exchange.parts.appliance;
      const days = await board.days(TREND_DAYS, agentsOfScope(scopeOf(exchange.context.principal)));
      const found = agentOf(days, pathPart(exchange.req, "id"), dayWordsOf(config.site.timezone));
      if (found === undefined) throw new AppError("NOT_FOUND", "Nobody of this name has had a contact in the last twelve weeks; /agents lists everybody who has");
      sendPage(exchange, renderAgent({ frame: frameOf(exchange, "agents"), span: spanWords(days[0]?.fromMs ?? clock.now(), clock.now(), config.site.timezone), ...found }));
    },
  },
];

type Query = z.output<typeof agentsQuery>;

/** @returns what is compared, and when its first day began */
async function comparison(exchange: Exchange, { view, days: length, by, cursor }: Query): Promise<[ComparisonView, number]> {
  const { board, clock, config } = exchange.parts.appliance;
  const agentIds = agentsOfScope(scopeOf(exchange.context.principal));
  const days = await board.days(view === "trends" ? TREND_DAYS : view === "topics" ? 2 * length : length, agentIds);
  const firstMs = (view === "topics" ? days.at(-length) : days[0])?.fromMs ?? clock.now();
  if (view === "trends") return [{ view, trends: trendsOf(days, by, dayWordsOf(config.site.timezone)) }, firstMs];
  if (view === "agents") {
    const table = agentsOf(days, length, cursor);
    return [{ view, table: { ...table, next: nextAddress("/agents", cursor + AGENTS_ON_A_PAGE < table.all ? String(cursor + AGENTS_ON_A_PAGE) : null, { days: String(length) }) } }, firstMs];
  }
  const { rows, ...rest } = topicsOf(days, length);
  const said = board.quotes(rows.flatMap((row) => row.samples));
  if (said.size > 0) auditOnce(exchange, "topics.read", { kind: "topics", id: null });
  const quotesOf = (samples: readonly string[]) => samples.flatMap((id) => said.get(id) ?? []).slice(0, QUOTES).map(({ atMs, text, ...quote }) => ({ ...quote, text: text.length > 140 ? `${text.slice(0, 139)}…` : text, at: toRfc3339(atMs) }));
  return [{ view, table: { ...rest, rows: rows.map(({ samples, ...row }) => ({ ...row, quotes: quotesOf(samples) })) } }, firstMs];
}
