// Settings: workflows, rules and scorecards as they run, and mistakes in their files as they lie there now.
import { join } from "node:path";
import { loadWorkflows } from "../../../analysis/index.ts";
import { loadQuality } from "../../../pipeline/index.ts";
import { installationRoot, type Config } from "../../../platform/index.ts";
import { renderWorkflows, type WorkflowsView } from "../../../ui/index.ts";
import { frameOf } from "../../frame.ts";
import { asAppError } from "../../problem.ts";
import { OVERSEERS, type Exchange, type Route } from "../../route.ts";
import { PAGE_ANSWERS, sendPage } from "../send-page.ts";
import { isAdmin, settingsBelow } from "./parts.ts";

const DAYS = 30;
const PAYLOADS = 5;

export const workflowPages: Route[] = [
  {
    method: "get", path: "/settings/workflows", access: { roles: OVERSEERS }, isPage: true,
    docs: { id: "settingsWorkflowsPage", summary: "Dashboard: workflows, rules and scorecards", answers: PAGE_ANSWERS },
    handle: (exchange) => sendPage(exchange, renderWorkflows(viewOf(exchange))),
  },
];

function viewOf(exchange: Exchange): WorkflowsView {
  const { workflows, quality, store, clock, config } = exchange.parts.appliance;
  const now = clock.now();
  const showsAddresses = isAdmin(exchange);
  return {
    frame: frameOf(exchange, "settings"),
    days: DAYS,
    workflows: workflows.list().map(({ endpoint, retention_days: retentionDays, ...one }) => ({
      ...one, retentionDays,
      endpoint: showsAddresses || endpoint === null ? endpoint : undefined,
      payloads: store.reads.forms.listPayloads(one.id, { limit: PAYLOADS }).items.map(({ id, revision, completed_at: at, delivery }) => ({ id, revision, at, state: delivery?.state ?? null, httpStatus: delivery?.http_status ?? null, error: delivery?.error?.message ?? null })),
    })),
    rules: quality.rules({ fromMs: now - DAYS * 86_400_000, toMs: now + 1 }).items.map((rule) => ({ rule: rule.rule, label: rule.label, matched: rule.matched, notMeasurable: rule.not_measurable, alerts: rule.alerts, alert: rule.alert === null ? null : `${rule.alert.severity}${rule.alert.webhook === null ? "" : `, to ${rule.alert.webhook}`}` })),
    scorecards: quality.scorecards().items.map((card) => ({ card: card.card, label: card.label, version: card.version, questions: card.questions.length })),
    mistakes: mistakesIn(config),
    settings: settingsBelow(exchange, "workflows", "rules"),
  };
}

/** Reads the files as the next start would. */
function mistakesIn(config: Config): string[] {
  const tried = (read: () => unknown): string[] => {
    try {
      read();
      return [];
    } catch (thrown) {
      return [asAppError(thrown).message];
    }
  };
  return [...tried(() => loadWorkflows(config.workflows.folder ?? join(installationRoot(), "config", "workflows"))), ...tried(() => loadQuality(config.rules))];
}
