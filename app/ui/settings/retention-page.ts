// Retention and privacy: what is kept how long, what another number would take away, what is redacted and on what consent. Pure.
import { html } from "../frame/html.ts";
import type { Frame } from "../frame/layout.ts";
import { createTimes } from "../frame/times.ts";
import { settingsPage, settingTable, type SettingRow } from "./settings-frame.ts";

export interface RetentionView {
  frame: Frame;
  kept: readonly { what: string; howLong: string }[];
  /** calls there are, and of a number of days somebody thinks of: those older */
  total: number;
  preview: { days: number; before: string; calls: number } | null;
  settings: readonly SettingRow[];
}

export function renderRetention(view: RetentionView): string {
  const times = createTimes(view.frame.timeZone);
  const { preview, total } = view;
  const number = (n: number): string => n.toLocaleString("en-GB");
  return settingsPage(
    view.frame, "retention", "What is kept how long, and what is never kept.",
    html`<section class="card in"><h2>Kept today</h2><table class="settings-table"><tbody>${view.kept.map((one) => html`<tr><th scope="row">${one.what}</th><td>${one.howLong}</td></tr>`)}</tbody></table></section>
<section class="card in"><h2>What another number would do</h2><form method="get" action="/settings/retention"><label>Keep calls for <input type="number" name="days" min="1" max="3650" value="${preview?.days ?? 90}" required> days</label> <button>Show</button></form>
${preview !== null && html`<p role="status">With ${number(preview.days)} days, <b>${number(preview.calls)}</b> of ${number(total)} calls, those that arrived before ${times.moment(preview.before)}, would go.</p>`}
<p class="small quiet">Only a preview: this version has no setting that removes calls by age. Recordings of held calls and completed forms are removed as said above.</p></section>${settingTable(view.settings, true)}`,
  );
}
