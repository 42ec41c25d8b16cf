// Models: which one hears, understands, finds and looks; which there are, what this machine should take, and how they come here. Pure.
import { html, type Html } from "../frame/html.ts";
import type { Frame } from "../frame/layout.ts";
import { lines, settingsPage, settingTable, type SettingRow } from "./settings-frame.ts";

export interface ModelRow {
  name: string;
  kind: string;
  sizeMb: number | null;
  memoryMb: number | null;
  languages: string;
  note: string;
  sha256: string | null;
  /** folder of an installed one; null when it is not installed or the asker may not know */
  where: string | null;
  isInstalled: boolean;
  isInUse: boolean;
  /** minutes of work for an hour of call; null when not known */
  minutesAnHour: number | null;
}

export interface ModelsView {
  frame: Frame;
  inUse: readonly { use: string; name: string; detail: string; sha256: string | null }[];
  machine: string;
  advice: readonly { kind: string; name: string; why: string; isInstalled: boolean; command: string | null; setting: string | null }[];
  warnings: readonly string[];
  models: readonly ModelRow[];
  /** a speech model that somebody thinks of using */
  preview: ModelRow | null;
  /** model that hears now, and whether it was chosen here */
  speech: { name: string; isChosen: boolean; canSwitch: boolean };
  changed: boolean;
  settings: readonly SettingRow[];
}

export function renderModels(view: ModelsView): string {
  const isAdmin = view.frame.role === "admin";
  return settingsPage(
    view.frame, "models", "What hears, understands, finds and looks; all of it on your own machines.",
    html`${view.changed && html`<p class="notice" role="status"><b>${view.speech.name} hears new calls from now on.</b></p>`}${view.preview !== null && isAdmin && previewCard(view, view.preview)}
<section class="card in"><h2>In use</h2><div class="scroll" tabindex="0" role="region" aria-label="Models in use"><table class="settings-table"><tbody>${view.inUse.map((one) => html`<tr><th scope="row">${one.use}</th><td><b>${one.name}</b></td><td class="quiet">${one.detail}${one.sha256 !== null && html`<br><code class="tiny" title="${one.sha256}">sha256 ${one.sha256.slice(0, 12)}…</code>`}</td></tr>`)}</tbody></table></div>
${isAdmin && view.speech.isChosen && html`<form method="post" action="/settings/models/speech"><input type="hidden" name="model" value=""><button class="small">Back to what the settings say</button></form>`}</section>
<section class="card in"><h2>For this machine</h2><p class="small quiet">${view.machine}</p>${view.advice.length === 0 ? html`<p>No larger model fits here.</p>` : html`<ul class="findings">${view.advice.map((one) => html`<li><b>${one.name}</b> <span class="chip ${one.isInstalled ? "good" : ""}">${one.isInstalled ? "installed" : `for ${USES[one.kind] ?? one.kind}`}</span> <span class="quiet">${one.why}</span>${one.command !== null && isAdmin && lines([one.command, ...(one.setting === null ? [] : [`# then in config/earshot.yaml: ${one.setting}`])].join("\n"), `How to install ${one.name}`)}</li>`)}</ul>`}${view.warnings.map((text) => html`<p class="small warn-text">Note: ${text}</p>`)}</section>
${catalogue(view, isAdmin)}
<details class="card in"><summary>Without internet: bring a model on a stick</summary><p class="small">On a machine with internet that has Earshot, then here:</p>${lines("earshot models fetch small-q8_0\nearshot models bundle models.tar small-q8_0\n# carry models.tar over, then on this machine:\nearshot models install models.tar", "Commands for a machine without internet")}<p class="small quiet">Every file is checked against its published SHA-256 before it counts.</p></details>${settingTable(view.settings)}`,
  );
}

/** The kinds as the card above calls them. */
const USES: Record<string, string> = { speech: "hearing", language: "understanding", embedding: "finding by meaning", picture: "looking at pictures", vad: "finding who speaks when", sentiment: "mood" };

function catalogue({ models, speech }: ModelsView, isAdmin: boolean): Html {
  const installed = models.filter((one) => one.isInstalled).length;
  return html`<details class="card in"><summary>${installed} of ${models.length} known models are installed</summary><div class="scroll" tabindex="0" role="region" aria-label="Known models"><table class="settings-table"><thead><tr><th scope="col">Model</th><th scope="col">For</th><th scope="col">Languages</th><th scope="col">Size</th><th scope="col">Memory</th><th scope="col">Work for an hour of call</th><th scope="col">State</th></tr></thead><tbody>${[...models].sort((a, b) => Number(b.isInstalled) - Number(a.isInstalled)).map(
    (one) => html`<tr><th scope="row">${one.name}${one.sha256 !== null && html`<br><code class="tiny" title="${one.sha256}">sha256 ${one.sha256.slice(0, 12)}…</code>`}</th><td data-label="For">${USES[one.kind] ?? one.kind}</td><td data-label="Languages">${one.languages}</td><td data-label="Size" class="number">${one.sizeMb === null ? "–" : `${one.sizeMb} MB`}</td><td data-label="Memory" class="number">${one.memoryMb === null ? "–" : `${one.memoryMb} MB`}</td><td data-label="Work for an hour of call" class="number">${one.minutesAnHour === null ? "not known" : workWords(one.minutesAnHour)}</td><td>${stateOf(one, isAdmin && speech.canSwitch)}</td></tr>`,
  )}</tbody></table></div></details>`;
}

function stateOf(one: ModelRow, maySwitch: boolean): Html {
  if (one.isInUse) return html`<span class="chip good">in use</span>`;
  if (!one.isInstalled) return html`<span class="quiet">not installed</span>`;
  return html`installed${one.where !== null && html`<br><span class="tiny quiet">${one.where}</span>`}${maySwitch && one.kind === "speech" && html`<br><a class="proof" href="/settings/models?try=${one.name}">Use for hearing</a>`}`;
}

function previewCard({ speech }: ModelsView, model: ModelRow): Html {
  return html`<section class="card in"><h2>Let ${model.name} hear instead of ${speech.name}?</h2><dl class="facts"><div><dt class="label">Size</dt><dd>${model.sizeMb === null ? "not known" : `${model.sizeMb} MB`}</dd></div><div><dt class="label">Memory</dt><dd>${model.memoryMb === null ? "not known" : `${model.memoryMb} MB`}</dd></div><div><dt class="label">Work for an hour of call</dt><dd>${model.minutesAnHour === null ? "not known" : workWords(model.minutesAnHour)}</dd></div><div><dt class="label">Languages</dt><dd>${model.languages}</dd></div></dl>
<p class="small">${model.note}. It must hear a test window first, else ${speech.name} goes on. Calls that have begun finish with ${speech.name}; both are in memory until then. No restart; the choice survives one.${model.minutesAnHour !== null && model.minutesAnHour > 60 && html` <b class="warn-text">This machine would not keep up: an hour of calls is more than an hour of work.</b>`}</p>
<form method="post" action="/settings/models/speech"><input type="hidden" name="model" value="${model.name}"><button class="primary">Let it hear</button> <a class="button" href="/settings/models">Leave it</a></form></section>`;
}

function workWords(minutes: number): string {
  return minutes < 1 ? "under a minute" : `${minutes < 10 ? Number(minutes.toFixed(1)) : Math.round(minutes)} min`;
}
