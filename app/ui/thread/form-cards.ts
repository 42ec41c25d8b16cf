// Forms that conversations fill: what is there and what proves it, what is missing and the question that asks for it. Pure.
import { html, type Html } from "../frame/html.ts";
import { capitalised, chip } from "../frame/words.ts";
import type { FormCard, Tools } from "./thread-view.ts";

export function formCards(tools: Tools): Html[] {
  return tools.view.forms.map((form) => formCard(form, tools));
}

function formCard(form: FormCard, tools: Tools): Html {
  const filled = Object.entries(form.slots);
  return html`<section class="card"><h2>${form.title}<span class="tiny">${stateChip(form)}</span></h2><div class="in"><dl class="slots">
${filled.map(([name, slot]) => html`<dt>${words(name)}</dt><dd title="${slot.quote}">${slot.value}${slot.confidence < 0.7 && html` <span class="tiny quiet">not sure</span>`}</dd><dd>${tools.proof(slot.evidence)}</dd>`)}
${form.missing.map((name) => html`<dt>${words(name)}</dt><dd class="wide"><span class="missing">missing</span>${form.questions[name] !== undefined && html` <span class="small">Ask: “${form.questions[name]}”</span>`}</dd>`)}</dl>
${form.missing.length > 0 && form.ask !== null && form.state === "open" && html`<p class="small ask">Next question: <b>${form.ask}</b></p>`}</div></section>`;
}

function stateChip({ state, payload }: FormCard): Html {
  const sent = payload === null ? "" : html` <span class="quiet">sent, revision ${payload.revision}</span>`;
  if (state === "complete") return html`${chip("good", "complete")}${sent}`;
  return html`${state === "open" ? chip("warn", "being filled") : chip("", "given up")}${sent}`;
}

function words(slot: string): string {
  return capitalised(slot.replaceAll("_", " "));
}
