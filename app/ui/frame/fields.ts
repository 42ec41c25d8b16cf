// Pieces of forms. Pure.
import { html, type Html } from "./html.ts";

/** One choice of a list. */
export function option(value: string, words: string, isChosen: boolean): Html {
  return isChosen ? html`<option value="${value}" selected>${words}</option>` : html`<option value="${value}">${words}</option>`;
}
