// What a search found, with what was looked for marked. Pure.
import type { Snippet } from "../../domain/index.ts";
import { html, type Html } from "./html.ts";

/** The text with its marks; marks that overlap or lie outside are left out, since they come from elsewhere. */
export function marked({ text, marks }: Snippet): Html[] {
  const parts: Html[] = [];
  let at = 0;
  for (const [start, end] of [...marks].sort((a, b) => a[0] - b[0])) {
    if (start < at || end <= start || end > text.length) continue;
    parts.push(html`${text.slice(at, start)}<mark>${text.slice(start, end)}</mark>`);
    at = end;
  }
  return [...parts, html`${text.slice(at)}`];
}
