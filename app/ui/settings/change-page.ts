// Trying a change out: mistakes, what would be different, and the lines for the file. The file itself is IT's. Pure.
import { html, type Html } from "../frame/html.ts";
import type { Frame } from "../frame/layout.ts";
import { lines, settingsPage } from "./settings-frame.ts";

export interface ChangeView {
  frame: Frame;
  /** path of the file that this Earshot reads */
  file: string;
  /** what was typed; empty at first */
  text: string;
  preview: {
    problems: readonly { path: string; message: string; expected: string | null }[];
    changes: readonly { path: string; from: string | null; to: string | null; effect: "reload" | "restart" }[];
    overruled: readonly { path: string; variable: string }[];
    yaml: string | null;
  } | null;
  all: readonly { path: string; allowed: string }[];
}

export function renderChange(view: ChangeView): string {
  return settingsPage(
    view.frame, "change", "Try a change out before anybody makes it. Nothing here writes the file: it belongs to whoever keeps the server, and Earshot itself may only read it.",
    html`${view.preview !== null && outcome(view.preview, view.file)}<form class="card in change" method="post" action="/settings/change"><label for="change-text">Settings to try, as YAML</label><textarea id="change-text" name="text" rows="10" spellcheck="false" placeholder="crm:&#10;  timeout_seconds: 20" required>${view.text}</textarea><div><button class="primary">See what it would do</button></div></form>
<details class="card in"><summary>Every setting and what it may be</summary><div class="scroll" tabindex="0" role="region" aria-label="Every setting"><table class="settings-table"><tbody>${view.all.map((one) => html`<tr><th scope="row"><code>${one.path}</code></th><td class="quiet">${one.allowed}</td></tr>`)}</tbody></table></div></details>`,
  );
}

function outcome({ problems, changes, overruled, yaml }: NonNullable<ChangeView["preview"]>, file: string): Html {
  if (problems.length > 0) {
    return html`<section class="card in" role="status"><h2>${problems.length === 1 ? "One mistake" : `${problems.length} mistakes`}</h2><ul class="findings">${problems.map((one) => html`<li><span class="chip bad">to mend</span> <code>${one.path}</code> ${one.message}${one.expected !== null && html` <span class="quiet">it may be: ${one.expected}</span>`}</li>`)}</ul></section>`;
  }
  const over = overruled.map((one) => html`<p class="small warn-text"><code>${one.path}</code> is given by the variable <code>${one.variable}</code>, which wins over the file: change it there.</p>`);
  if (changes.length === 0 || yaml === null) return html`<section class="card in" role="status"><h2>Nothing would change</h2><p class="small">This Earshot runs with these values already.</p>${over}</section>`;
  const live = changes.every((one) => one.effect === "reload");
  return html`<section class="card in" role="status"><h2>What would be different</h2><div class="scroll" tabindex="0" role="region" aria-label="Differences"><table class="settings-table"><thead><tr><th scope="col">Setting</th><th scope="col">Now</th><th scope="col">Then</th><th scope="col">Takes effect</th></tr></thead><tbody>${changes.map((one) => html`<tr><th scope="row"><code>${one.path}</code></th><td>${text(one.from)}</td><td>${text(one.to)}</td><td class="quiet">${one.effect === "reload" ? "with a reload, while calls are heard" : "with a restart"}</td></tr>`)}</tbody></table></div>${over}
<h3 class="label">Lines for <code>${file}</code></h3>${lines(yaml, "Lines for the configuration file")}<p class="small">Put them into the file, joined with what stands there, then: <code>systemctl ${live ? "reload" : "restart"} earshot</code>. Calls that are being worked on go on afterwards; senders try again.</p></section>`;
}

function text(value: string | null): Html {
  return value === null ? html`<span class="missing">not set</span>` : value.includes("\n") ? html`<pre tabindex="0">${value}</pre>` : html`${value}`;
}
