// Workflows, rules and scorecards as they are loaded, what they came to, and mistakes in their files. Pure.
import { html, type Html } from "../frame/html.ts";
import type { Frame } from "../frame/layout.ts";
import { createTimes, type Times } from "../frame/times.ts";
import { settingsPage, settingTable, type SettingRow } from "./settings-frame.ts";

export interface WorkflowRow {
  id: string;
  title: string;
  purpose: string;
  version: number;
  /** host; null: only kept; undefined: the asker may not know */
  endpoint: string | null | undefined;
  retentionDays: number;
  slots: readonly { name: string; type: string; ask: string; required: string }[];
  forms: Record<string, number>;
  payloads: readonly { id: string; revision: number; at: string; state: string | null; httpStatus: number | null; error: string | null }[];
}

export interface WorkflowsView {
  frame: Frame;
  workflows: readonly WorkflowRow[];
  rules: readonly { rule: string; label: string; matched: number; notMeasurable: number; alerts: number; alert: string | null }[];
  scorecards: readonly { card: string; label: string; version: number; questions: number }[];
  /** of the last so many days */
  days: number;
  /** mistakes in files as they lie there now; what runs was read at the start */
  mistakes: readonly string[];
  settings: readonly SettingRow[];
}

const REQUIRED: Record<string, string> = { always: "needed", sometimes: "needed in some cases", never: "if said" };
const DELIVERY: Record<string, ["good" | "bad" | "warn" | "", string]> = { delivered: ["good", "delivered"], waiting: ["warn", "on its way"], parked: ["bad", "refused"], superseded: ["", "replaced by a newer one"] };

export function renderWorkflows(view: WorkflowsView): string {
  const times = createTimes(view.frame.timeZone);
  return settingsPage(
    view.frame, "workflows", "Forms that conversations fill, and what is looked for in every conversation.",
    html`${view.mistakes.length > 0 && html`<section class="notice bad"><div><p><b>Files have mistakes as they lie there now.</b> What runs is what was read at the start; a restart would stop here.</p>${view.mistakes.map((text) => html`<pre tabindex="0">${text}</pre>`)}</div></section>`}
${view.workflows.length === 0 && html`<p class="card in quiet">No workflow is loaded. A workflow is a YAML file in <code>config/workflows</code>: its slots, what begins it, where its form goes.</p>`}${view.workflows.map((one) => workflow(one, times))}
<section class="card in"><h2>Rules <span class="quiet">last ${view.days} days</span></h2>${view.rules.length === 0 ? html`<p class="quiet">No rule is loaded; they are in <code>config/rules.yaml</code>.</p>` : html`<div class="scroll" tabindex="0" role="region" aria-label="Rules"><table class="settings-table"><thead><tr><th scope="col">Rule</th><th scope="col" class="n">Matched</th><th scope="col" class="n" title="what the rule asks for was not measured on these, for instance hold on a recording of one channel">Could not be told</th><th scope="col">Alerts</th></tr></thead><tbody>${view.rules.map((rule) => html`<tr><th scope="row" title="${rule.rule} in config/rules.yaml">${rule.label}</th><td data-label="Matched" class="n">${rule.matched}</td><td data-label="Could not be told" class="n">${rule.notMeasurable}</td><td data-label="Alerts">${rule.alert === null ? html`<span class="quiet">none</span>` : html`${rule.alerts} <span class="quiet">${rule.alert}</span>`}</td></tr>`)}</tbody></table></div>`}</section>
<section class="card in"><h2>Scorecards</h2>${view.scorecards.length === 0 ? html`<p class="quiet">No scorecard is loaded; they are in <code>config/scorecards.yaml</code>.</p>` : html`<ul class="findings">${view.scorecards.map((card) => html`<li><b>${card.label}</b> <span class="quiet">version ${card.version}, ${card.questions} question${card.questions === 1 ? "" : "s"}</span></li>`)}</ul>`}</section>${settingTable(view.settings)}`,
  );
}

/** `2 years`, `90 days` */
function keptFor(days: number): string {
  const [n, one] = days >= 365 && days % 365 === 0 ? [days / 365, "year"] : [days, "day"];
  return `${n} ${one}${n === 1 ? "" : "s"}`;
}

function workflow(one: WorkflowRow, times: Times): Html {
  return html`<section class="card in"><h2>${one.title} <span class="quiet">version ${one.version}</span></h2><p class="small">${one.purpose}</p>
<dl class="facts"><div><dt class="label">Being filled</dt><dd>${one.forms["open"] ?? 0}</dd></div><div><dt class="label">Complete</dt><dd>${one.forms["complete"] ?? 0}</dd></div><div><dt class="label">Abandoned</dt><dd>${one.forms["abandoned"] ?? 0}</dd></div><div><dt class="label">Goes to</dt><dd>${one.endpoint === undefined ? "an address" : (one.endpoint ?? "nobody, kept here")}</dd></div><div><dt class="label">Kept</dt><dd>${keptFor(one.retentionDays)}</dd></div></dl>
<p class="small quiet">Complete when every needed slot is filled: ${one.slots.filter((slot) => slot.required !== "never").map((slot) => slot.name.replaceAll("_", " ")).join(", ") || "no slot is needed"}.</p>
<details><summary class="small">${one.slots.length} slots</summary><div class="scroll" tabindex="0" role="region" aria-label="Slots of ${one.title}"><table class="settings-table"><tbody>${one.slots.map((slot) => html`<tr><th scope="row">${slot.name.replaceAll("_", " ")}</th><td>${slot.type}</td><td>${REQUIRED[slot.required] ?? slot.required}</td><td class="quiet">${slot.ask}</td></tr>`)}</tbody></table></div></details>
${one.payloads.length > 0 && html`<h3 class="label">Last forms that were completed</h3><ul class="findings">${one.payloads.map((payload) => html`<li>${times.moment(payload.at)} <span class="quiet">revision ${payload.revision}</span> ${payload.state === null ? html`<span class="chip">kept here</span>` : html`<span class="chip ${DELIVERY[payload.state]?.[0]}">${DELIVERY[payload.state]?.[1] ?? payload.state}</span>`}${payload.httpStatus !== null && html` answered ${payload.httpStatus}`}${payload.error !== null && html` <span class="quiet">${payload.error}</span>`}</li>`)}</ul>`}</section>`;
}
