// About: which Earshot this is, on what it runs, and how it is. Pure.
import { html } from "../frame/html.ts";
import type { Frame } from "../frame/layout.ts";
import { findingList, settingsPage, settingTable, type FindingRow, type SettingRow } from "./settings-frame.ts";

export interface AboutView {
  frame: Frame;
  facts: readonly (readonly [name: string, value: string])[];
  checks: readonly FindingRow[];
  settings: readonly SettingRow[];
}

export function renderAbout({ frame, facts, checks, settings }: AboutView): string {
  return settingsPage(
    frame, "about", "Which Earshot this is, and how it is.",
    html`<section class="card in"><h2>This Earshot</h2><table class="settings-table"><tbody>${facts.map(([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>`)}</tbody></table></section><section class="card in"><h2>How it is</h2>${findingList(checks)}</section>${settingTable(settings)}`,
  );
}
