// What the pages of the settings share: tabs, the table of settings, findings, lines to copy. Pure.
import { html, type Html, type Part } from "../frame/html.ts";
import { page, type Frame } from "../frame/layout.ts";

export const SETTING_TABS = ["sources", "models", "crm", "workflows", "retention", "about", "change"] as const;
export type SettingTab = (typeof SETTING_TABS)[number];

const TAB_NAMES: Record<SettingTab, string> = { sources: "Sources", models: "Models", crm: "CRM", workflows: "Workflows and rules", retention: "Retention and privacy", about: "About", change: "Change a setting" };

/** One setting as it is shown. */
export interface SettingRow {
  path: string;
  meaning: string;
  /** null: not set */
  value: string | null;
  origin: "default" | "file" | "environment" | "program";
  variable: string | null;
}

/** One look at something: is it there? */
export interface FindingRow {
  check: string;
  ok: boolean;
  detail: string;
}

export function settingsPage(frame: Frame, tab: SettingTab, about: Part, body: Part): string {
  return page(frame, `${TAB_NAMES[tab]} · Settings`, html`<header class="head"><div><h1>${TAB_NAMES[tab]}</h1><p class="quiet">${about}</p></div></header>${settingsTabs(frame, tab)}<div class="settings">${body}</div>`, { styles: ["settings.css"] });
}

/** @param here null on the page that lists the parts */
export function settingsTabs({ role }: Frame, here: SettingTab | "people" | null): Html {
  const link = (href: string, name: string, isHere: boolean): Html => (isHere ? html`<a href="${href}" aria-current="page">${name}</a>` : html`<a href="${href}">${name}</a>`);
  const isAdmin = role === "admin";
  const tabs = SETTING_TABS.filter((tab) => isAdmin || tab !== "change");
  return html`<nav class="tabs" aria-label="Parts of the settings">${tabs.map((tab) => [tab === "about" && isAdmin && link("/settings/people", "People", here === "people"), link(`/settings/${tab}`, TAB_NAMES[tab], tab === here)])}</nav>`;
}

const ORIGIN_WORDS: Record<SettingRow["origin"], string> = { default: "default", file: "from the file", environment: "from the environment", program: "set at the start" };

/** What is in force, where it comes from, what it means. @param open shown without a press */
export function settingTable(rows: readonly SettingRow[], open = false): Html {
  const table = html`<div class="scroll" tabindex="0" role="region" aria-label="Settings in force"><table class="settings-table"><thead><tr><th scope="col">Setting</th><th scope="col">Value</th><th scope="col">Comes from</th><th scope="col">Meaning</th></tr></thead><tbody>${rows.map(
    (row) => html`<tr><th scope="row"><code>${row.path}</code></th><td>${row.value === null ? html`<span class="missing">not set</span>` : row.value.includes("\n") ? html`<pre tabindex="0">${row.value}</pre>` : html`<span class="value">${row.value}</span>`}</td><td class="quiet">${ORIGIN_WORDS[row.origin]}${row.origin === "environment" && html` <code>${row.variable}</code>`}</td><td class="quiet">${marked(row.meaning)}</td></tr>`,
  )}</tbody></table></div>`;
  const title = `${rows.length} settings in force`;
  return open ? html`<details class="card in" open><summary>${title}</summary>${table}</details>` : html`<details class="card in"><summary>${title}</summary>${table}</details>`;
}

/** The descriptions of the schema mark code with backticks. */
export function marked(text: string): Part[] {
  return text.replaceAll("**", "").split("`").map((part, i): Part => (i % 2 === 1 ? html`<code>${part}</code>` : part));
}

export function findingList(findings: readonly FindingRow[]): Html {
  return html`<ul class="findings">${findings.map((one) => html`<li><span class="chip ${one.ok ? "good" : "bad"}">${one.ok ? "in order" : "to mend"}</span> <b>${one.check}</b> <span class="quiet">${one.detail}</span></li>`)}</ul>`;
}

/** Lines to copy: selectable as a whole, reachable by keyboard. */
export function lines(text: string, about: string): Html {
  return html`<pre class="copy" tabindex="0" aria-label="${about}"><code>${text}</code></pre>`;
}
