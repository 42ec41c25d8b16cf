// HTML of a mail → plain text. Nothing is fetched: images are left out, links keep their words.
import { compile } from "html-to-text";

/** More is cut: what is new stands at the top, and the parser holds up everything else for half a second a megabyte. */
const MAX_HTML = 256 * 1024;
/** The parser is quadratic in the depth (200,000 nested elements take 9 s); real mail stays below 100. */
const MAX_DEPTH = 500;

/** Made once: the selectors cost more than an ordinary mail. */
const convert = compile({
  wordwrap: false,
  limits: { maxInputLength: MAX_HTML, maxDepth: MAX_DEPTH, ellipsis: "" },
  selectors: [
    { selector: "a", options: { ignoreHref: true } },
    { selector: "img", format: "skip" },
    ...["h1", "h2", "h3", "h4", "h5", "h6"].map((selector) => ({ selector, options: { uppercase: false } })),
    { selector: "hr", options: { length: 20 } },
    { selector: "title", format: "skip" },
  ],
});

/** @returns text with quotations marked by `> `, as mail programs do it in plain text. Never throws. */
export function htmlText(html: string): string {
  const bounded = html.slice(0, MAX_HTML);
  if (isDeep(bounded)) return stripTags(bounded);
  try {
    return convert(bounded).trim();
  } catch {
    return stripTags(bounded);
  }
}

const VOID = new Set(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "p", "li", "dt", "dd", "option", "tr", "td", "th", "tbody", "thead", "source", "wbr"]);

/** One linear look: elements opened and never closed count, except those that close themselves. */
function isDeep(html: string): boolean {
  let depth = 0;
  for (const [, slash, tag = ""] of html.matchAll(/<(\/?)([a-zA-Z][a-zA-Z0-9:]{0,20})/g)) {
    if (VOID.has(tag.toLowerCase())) continue;
    depth = slash === "/" ? Math.max(0, depth - 1) : depth + 1;
    if (depth > MAX_DEPTH) return true;
  }
  return false;
}

function stripTags(html: string): string {
  return html.replace(/<(style|script)\b[^<>]*>[^<]*<\/\1>/gi, " ").replace(/<br\b[^<>]*>|<\/(p|div|tr|li)>/gi, "\n").replace(/<[^<>]*>/g, " ").replace(/&nbsp;/g, " ").trim();
}
