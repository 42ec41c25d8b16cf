// HTML that is safe by construction: a tagged template that escapes everything put into it, and refuses places where escaping would not help.

/** Finished HTML. Only `html` makes it, so what is in it has been escaped. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  toString(): string {
    return this.text;
  }
}

/** What may be put into a template. Nothing, `false`, null and undefined write nothing. */
export type Part = Html | string | number | bigint | false | null | undefined | readonly Part[];

/** Where in the HTML a part stands. `address` is the beginning of an attribute that leads somewhere. */
type Place = "text" | "attribute" | "address";

const places = new WeakMap<TemplateStringsArray, Place[]>();

/**
 * Text and numbers are escaped; `Html` is taken as it is; lists are joined.
 * @throws Error when a part stands in a tag outside of double quotes, in a comment, or in a script or style: a mistake in the template,
 *   found by the first rendering
 * @example html`<a href="${address}">${name}</a>`
 */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  let known = places.get(strings);
  if (known === undefined) places.set(strings, (known = findPlaces(strings)));
  let text = strings[0] ?? "";
  for (const [i, part] of parts.entries()) text += write(part, known[i] ?? "text") + (strings[i + 1] ?? "");
  return new Html(text);
}

/** `&`, `<`, `>` and both quotes as entities; NUL, which no HTML may hold, as U+FFFD. */
export function escapeHtml(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[&<>"'\u0000]/g, (c) => ENTITIES[c] ?? "\ufffd");
}

/** One step of a path or one value of a query, percent-encoded; lone surrogates, which cannot be encoded, as U+FFFD. */
export function urlPart(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, "\ufffd"));
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Addresses lead into this site, to a part of the page or to http(s): never `javascript:`, `data:` or another host without saying so. */
const ADDRESS = /^(?:\/(?![/\\])|[#?]|https?:\/\/)/i;

function write(part: Part, place: Place): string {
  if (part === false || part === null || part === undefined) return "";
  if (Array.isArray(part)) return (part as readonly Part[]).map((one) => write(one, place)).join("");
  if (part instanceof Html) {
    if (place !== "text") throw new Error("HTML cannot stand in an attribute; put text there");
    return part.text;
  }
  const text = String(part);
  return place === "address" && !ADDRESS.test(text) ? "#" : escapeHtml(text);
}

/** Follows the fixed text of a template as a browser would, and notes for each gap what it stands in. */
function findPlaces(strings: TemplateStringsArray): Place[] {
  const found: Place[] = [];
  /** text · inside a tag · inside a quoted value · until this closing text (comment, script, style) */
  let state: "text" | "tag" | '"' | "'" | "until" = "text";
  let closing = "";
  let opened = "";
  for (const fixed of strings.slice(0, -1)) {
    for (let i = 0; i < fixed.length; i++) {
      const c = fixed[i] ?? "";
      if (state === "until") {
        if (fixed.startsWith(closing, i)) state = closing === "-->" ? "text" : "tag";
      } else if (state === "text") {
        opened = /^<(!--|[a-z]+|\/|!)/i.exec(fixed.slice(i))?.[1]?.toLowerCase() ?? "";
        if (opened === "!--") [state, closing] = ["until", "-->"];
        else if (opened !== "" || (c === "<" && i === fixed.length - 1)) state = "tag"; // a gap right after "<" would name the tag
      } else if (state === "tag") {
        if (c === '"' || c === "'") state = c;
        else if (c === ">") {
          const isRaw = opened === "script" || opened === "style";
          [state, closing] = isRaw ? ["until", `</${opened}`] : ["text", ""];
          opened = "";
        }
      } else if (c === state) state = "tag";
    }
    if (state !== "text" && state !== '"') throw new Error(`Nothing can be put into a tag outside of double quotes, a comment, a script or a style, as after: ${fixed.slice(-40)}`);
    found.push(state === "text" ? "text" : /[\s"'](?:href|src|action|formaction|poster)="$/i.test(fixed) ? "address" : "attribute");
  }
  return found;
}
