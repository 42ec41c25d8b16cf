// Says a long text page by page, as many as are allowed.
import { cutPages } from "../cut-pages.ts";
import type { Truncation } from "../document.ts";
import type { Session } from "./reader.ts";

export function sayPages(text: string, { limits, say }: Session): Truncation | null {
  const pages = cutPages(text);
  pages.slice(0, limits.maxPages).forEach((page, i) => say({ say: "page", page: { number: i + 1, text: page, source: "text" } }));
  return pages.length > limits.maxPages ? "pages" : null;
}
