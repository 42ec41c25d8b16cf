// Search, filters, order and what is active of them: a form that works without scripts. Pure.
import { ANY_ALERT } from "../../domain/index.ts";
import { html, type Html } from "../frame/html.ts";
import { CHOICES, FILTER_WORDS, FILTERS, listAddress, valueWords, without, type Chosen, type FilterName, type Offers } from "./filters.ts";
import { option } from "../frame/fields.ts";

/** Behind "More filters" until one of them is chosen. */
const MORE: readonly FilterName[] = ["queue", "topic", "reason", "outcome", "sentiment", "rule", "status", "state"];

export function filterBar(chosen: Chosen, offers: Offers): Html {
  const active = MORE.filter((name) => chosen[name] !== undefined).length;
  const more = html`<summary class="small">More filters${active > 0 && html` <span class="quiet">${active} in use</span>`}</summary><div class="fields">${MORE.map((name) => choice(name, chosen, offers))}</div>`;
  return html`<form class="filters" method="get" action="/conversations" role="search" data-filters>
<div class="fields first"><p class="field words"><label for="q">Search in what was said and written</label><input type="search" id="q" name="q" value="${chosen.q ?? ""}" maxlength="500" placeholder="refund &quot;second time&quot; -voucher deliv*" autocomplete="off"></p>
${choice("channel", chosen, offers)}${choice("agent", chosen, offers)}${day("from", chosen)}${day("to", chosen)}${order(chosen)}<p class="field"><button class="primary">Show</button></p></div>
${active > 0 ? html`<details class="more-filters" open>${more}</details>` : html`<details class="more-filters">${more}</details>`}</form>${chips(chosen, offers)}`;
}

function choice(name: FilterName, chosen: Chosen, offers: Offers): Html {
  const now = chosen[name];
  const values = name in CHOICES ? Object.keys((CHOICES as Record<string, Record<string, string>>)[name] ?? {}) : offers[name as keyof Offers].map((one) => one.value);
  const known = [...(name === "rule" ? [ANY_ALERT] : []), ...values];
  const all = now === undefined || known.includes(now) ? known : [now, ...known]; // what is chosen stays to be seen, though nothing has it any more
  return html`<p class="field"><label for="f-${name}">${FILTER_WORDS[name]}</label><select id="f-${name}" name="${name}"><option value="">Any</option>${all.map((value) => option(value, valueWords(name, value, offers), value === now))}</select></p>`;
}

function day(name: "from" | "to", chosen: Chosen): Html {
  return html`<p class="field"><label for="f-${name}">${FILTER_WORDS[name]}</label><input type="date" id="f-${name}" name="${name}" value="${chosen[name] ?? ""}"></p>`;
}

/** What is found has an order of its own, under another name: whoever types words into a list of the newest wants the best match. */
function order(chosen: Chosen): Html {
  const name = chosen.q === undefined ? "sort" : "order";
  const [usual] = Object.keys(CHOICES[name]);
  return html`<p class="field"><label for="f-sort">First</label><select id="f-sort" name="${name}">${Object.entries(CHOICES[name]).map(([value, words]) => option(value, words, value === (chosen[name] ?? usual)))}</select></p>`;
}

function chips(chosen: Chosen, offers: Offers): Html | false {
  const active = FILTERS.flatMap((name): [FilterName | "q", string][] => (chosen[name] === undefined ? [] : [[name, `${FILTER_WORDS[name]}: ${valueWords(name, chosen[name], offers)}`]]));
  if (chosen.q !== undefined) active.unshift(["q", `Words: ${chosen.q}`]);
  if (active.length === 0) return false;
  return html`<ul class="active" aria-label="Active filters">${active.map(([name, words]) => html`<li><a class="chip" href="${listAddress(without(chosen, name))}" aria-label="Remove ${words}">${words} <span aria-hidden="true">×</span></a></li>`)}${active.length > 1 && html`<li><a class="small clear" href="/conversations">Remove all</a></li>`}</ul>`;
}
