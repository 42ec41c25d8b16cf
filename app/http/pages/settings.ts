// Settings: what is configured, where it comes from, and what a change would do. Each part is a file of settings/.
import { arch, release } from "node:os";
import { toRfc3339 } from "../../domain/index.ts";
import { examineCrm } from "../../pipeline/index.ts";
import { originsOf } from "../../platform/index.ts";
import { renderAbout, renderOwnSettings, renderSettingsIndex, type AboutView, type SettingsIndexView } from "../../ui/index.ts";
import { frameOf } from "../frame.ts";
import { scopeOf } from "../principal.ts";
import { NARROWED_READERS, OVERSEERS, type Exchange, type Route } from "../route.ts";
import { PAGE_ANSWERS, sendPage } from "./send-page.ts";
import { changePages } from "./settings/change.ts";
import { crmPages } from "./settings/crm.ts";
import { modelPages } from "./settings/models.ts";
import { isAdmin, settingsBelow } from "./settings/parts.ts";
import { retentionPages } from "./settings/retention.ts";
import { sourcePages } from "./settings/sources.ts";
import { workflowPages } from "./settings/workflows.ts";

const startedMs = Date.now() - process.uptime() * 1000;

export const settingPages: Route[] = [
  {
    method: "get", path: "/settings", access: NARROWED_READERS, isPage: true,
    docs: { id: "settingsPage", summary: "Dashboard: settings; for people of single agents the way to their account", answers: PAGE_ANSWERS },
    handle(exchange) {
      const seesAll = scopeOf(exchange.context.principal).sees === "all";
      sendPage(exchange, seesAll ? renderSettingsIndex(indexOf(exchange)) : renderOwnSettings(frameOf(exchange, "settings")));
    },
  },
  {
    method: "get", path: "/settings/about", access: { roles: OVERSEERS }, isPage: true,
    docs: { id: "settingsAboutPage", summary: "Dashboard: which Earshot this is", answers: PAGE_ANSWERS },
    handle: async (exchange) => sendPage(exchange, renderAbout(await aboutOf(exchange))),
  },
  ...sourcePages, ...modelPages, ...crmPages, ...workflowPages, ...retentionPages, ...changePages,
];

function indexOf(exchange: Exchange): SettingsIndexView {
  const { config, speech, workflows, quality, clock } = exchange.parts.appliance;
  const { intake, channels, analysis } = config;
  const sources = intake.folders.length + intake.sources.length + channels.fronts.length + channels.mailboxes.length + (channels.whatsapp === undefined ? 0 : 1);
  const of = (n: number, one: string): string => `${n} ${one}${n === 1 ? "" : "s"}`;
  const crm = examineCrm(config);
  const now = clock.now();
  return {
    frame: frameOf(exchange, "settings"),
    parts: [
      { tab: "sources", name: "Sources", ok: sources > 0, state: sources === 0 ? "nothing brings calls in yet" : `${of(intake.folders.length, "folder")}, ${of(intake.sources.length + channels.fronts.length, "webhook")}, ${of(channels.mailboxes.length, "mailbox").replace("mailboxs", "mailboxes")}` },
      { tab: "models", name: "Models", ok: speech.identity.model !== "starter-en", state: speech.identity.model === "starter-en" ? "the starter model hears: good for trying out, not for judging calls" : `${speech.identity.model} hears, ${analysis.engine} analyses` },
      { tab: "crm", name: "CRM", ok: crm.ok, state: config.crm.url === undefined ? "no CRM, results stay here" : crm.ok ? "results are sent and signed" : crm.detail },
      { tab: "workflows", name: "Workflows and rules", ok: true, state: `${of(workflows.list().length, "workflow")}, ${of(quality.rules({ fromMs: now, toMs: now }).items.length, "rule")}` },
      ...(isAdmin(exchange) ? [{ tab: "people" as const, name: "People", ok: true, state: "who may log in, and what each sees" }] : []),
      { tab: "retention", name: "Retention and privacy", ok: config.privacy.redact.length > 0, state: config.privacy.redact.length > 0 ? "card numbers are never kept; nothing goes by age" : "card numbers are not redacted" },
      { tab: "about", name: "About", ok: true, state: `version ${exchange.parts.version}` },
      ...(isAdmin(exchange) ? [{ tab: "change" as const, name: "Change a setting", ok: true, state: "try it out, see what it would do, copy the lines" }] : []),
    ],
  };
}

async function aboutOf(exchange: Exchange): Promise<AboutView> {
  const { appliance, version } = exchange.parts;
  const origins = originsOf(appliance.config);
  const { checks } = await appliance.readiness();
  const names: Record<string, string> = { database: "Database", disk: "Disk", speech: "Hearing", analysis: "Understanding", queue: "Queue", mail: "Mail", shutdown: "State" };
  return {
    frame: frameOf(exchange, "settings"),
    facts: [
      ["Version", version], ["Started", toRfc3339(Math.round(startedMs)).replace("T", " ").replace(/\.\d+Z$/, " UTC")], ["Runs on", `Node.js ${process.versions.node}, Linux ${release()}, ${arch()}`],
      ...(isAdmin(exchange) ? ([["Settings file", origins?.file ?? "none: the settings were given at the start"], ["Data folder", appliance.config.data_dir]] as const) : []),
      ["Leaves this machine", appliance.config.crm.url === undefined ? "nothing" : "results, to the CRM and receivers that the settings name"],
    ],
    checks: checks.map((check) => ({ ...check, check: names[check.name] ?? check.name })),
    settings: settingsBelow(exchange, "site", "http", "queue", "log_level"),
  };
}
