// Numbers as people read them, with their units; and what they mean, one key away. Pure.
import type { BoardDefinition, Measured } from "../../domain/index.ts";
import { html, type Html, type Part } from "../frame/html.ts";
import { position } from "../frame/times.ts";

/** `71 %`, `+0.21`, `5:48`, `1.4×`, `1,284` */
export function figure(value: number, unit: BoardDefinition["unit"]): string {
  switch (unit) {
    case "count": return Math.round(value).toString().replace(/\B(?=(?:\d{3})+$)/g, ","); // toLocaleString takes 50 µs, and a page has hundreds
    case "ratio": return `${Math.round(value * 100)} %`;
    case "mood": return signed(value);
    case "ms": return position(Math.max(0, Math.round(value / 1000) * 1000));
    case "per_contact": return `${value.toFixed(1)}×`;
  }
}

/** `+0.21`, `−0.05`, `0.00` */
export function signed(value: number): string {
  const rounded = Math.round(value * 100) / 100;
  return rounded === 0 ? "0.00" : `${rounded > 0 ? "+" : "−"}${Math.abs(rounded).toFixed(2)}`;
}

/** A closed box behind a small mark: formula, denominator, source and version. Opens by keyboard, stays open while the page is refreshed (`data-key`). */
export function definition(of: BoardDefinition, key: string = of.name): Html {
  return html`<details class="definition" data-key="definition ${key}"><summary aria-label="What “${of.label}” means">?</summary><dl><dt>${of.label}</dt><dd>${of.formula}</dd><dt>Of</dt><dd>${of.denominator}</dd><dt>From</dt><dd>${of.source}</dd><dt>Version</dt><dd>${of.version}</dd></dl></details>`;
}

/** The numbers behind a chart. @param rows the first cell of each is its heading */
export function tableBehind(key: string, caption: string, heads: readonly string[], rows: readonly (readonly Part[])[]): Html {
  return html`<details class="behind" data-key="table ${key}"><summary>Table</summary><div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table class="board"><caption class="label">${caption}</caption><thead><tr>${heads.map((head, i) => html`<th scope="col" class="${i === 0 ? "" : "n"}">${head}</th>`)}</tr></thead><tbody>${rows.map(([first, ...rest]) => html`<tr><th scope="row">${first}</th>${rest.map((cell) => html`<td class="n">${cell}</td>`)}</tr>`)}</tbody></table></div></details>`;
}

/** A number and its noun: `1 customer`, `1,284 customers`. */
export function counted(n: number, one: string, many = `${one}s`): string {
  return `${figure(n, "count")} ${n === 1 ? one : many}`;
}

/** `95 % between 40 % and 52 %, of 203 contacts` */
export function intervalWords({ interval, n }: Measured, { unit }: BoardDefinition): string {
  return `${interval === null ? "" : `95 % between ${figure(interval[0], unit)} and ${figure(interval[1], unit)}, `}of ${counted(n, "contact")}`;
}
