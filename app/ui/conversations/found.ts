// What a search found, by contact: each line with its words marked, leading to where it was said. Pure.
import type { ContactView, Snippet } from "../../domain/index.ts";
import { html, type Html } from "../frame/html.ts";
import { position } from "../frame/times.ts";
import { contactAddress, contactRow, type RowParts } from "./contact-row.ts";
import { marked } from "../frame/snippet.ts";

/** A line that was found. */
export interface Hit {
  id: string;
  speaker: string;
  /** in a recording */
  start_ms?: number;
  snippet: Snippet;
}

export interface FoundContact {
  contact: ContactView;
  hits: readonly Hit[];
}

/** Lines of one contact that are shown; the rest as a number. */
const SHOWN_HITS = 4;

export function foundRow({ contact, hits }: FoundContact, parts: RowParts): Html {
  const more = hits.length - SHOWN_HITS;
  return contactRow(contact, parts, html`<ul class="hits">${hits.slice(0, SHOWN_HITS).map((hit) => hitLine(contact, hit))}${more > 0 && html`<li class="tiny quiet">and ${more} more ${more === 1 ? "line" : "lines"} of it</li>`}</ul>`);
}

function hitLine(contact: ContactView, hit: Hit): Html {
  const address = contactAddress(contact, hit.id);
  const line = html`<span class="label">${WHO[hit.speaker] ?? "Somebody"}${hit.start_ms !== undefined && html` ▸ ${position(hit.start_ms)}`}</span> ${marked(hit.snippet)}`;
  return html`<li>${address === null ? line : html`<a href="${address}">${line}</a>`}</li>`;
}

const WHO: Record<string, string> = { agent: "Agent", customer: "Customer", bot: "Bot", system: "Earshot" };
