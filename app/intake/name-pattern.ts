// One template for file names, compiled: a fixed set of placeholders becomes a regular expression that cannot run away. Pure.

/** Placeholders with a fixed shape. Each class is bounded, and none can match the empty text. */
const RIGID = {
  uniqueid: "(?:[A-Za-z0-9][A-Za-z0-9_.-]{0,62}-)?[0-9]{9,11}\\.[0-9]{1,10}",
  uuid: "[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}",
  id: "[0-9]{1,20}",
  epoch: "[0-9]{9,11}",
  date: "[0-9]{8}",
  time: "[0-9]{6}",
  datetime: "[0-9]{14}",
  "date-dashed": "[0-9]{4}-[0-9]{2}-[0-9]{2}",
  "time-dashed": "[0-9]{2}-[0-9]{2}-[0-9]{2}",
  "time-underscored": "[0-9]{2}_[0-9]{2}_[0-9]{2}",
  direction: "[A-Za-z]{1,10}",
  type: "[A-Za-z]{1,12}",
} as const;

const FREE = ["from", "to", "customer", "agent", "queue", "any"] as const;

export type Field = keyof typeof RIGID | (typeof FREE)[number];

export interface CompiledTemplate {
  /** @returns the text of each placeholder, or undefined when the name has another shape. Names over 255 characters match nothing. */
  match(stem: string): Partial<Record<Field, string>> | undefined;
}

type Part = { kind: "text"; text: string } | { kind: "optional"; text: string } | { kind: "field"; field: Field };

/**
 * @param template e.g. `{type}-{to}-{from}-{date}-{time}-{uniqueid}`
 * @returns the compiled template, or a sentence that says what is wrong with it
 */
export function compileTemplate(template: string): CompiledTemplate | string {
  const parts = parseParts(template);
  if (typeof parts === "string") return parts;
  const fields = parts.flatMap((part) => (part.kind === "field" ? [part.field] : []));
  if (fields.length === 0) return "expected at least one {placeholder}";
  const twice = fields.find((field, index) => field !== "any" && fields.indexOf(field) !== index);
  if (twice !== undefined) return `{${twice}} stands there twice`;
  const leftmostFree = parts.findIndex((part) => part.kind === "field" && isFree(part.field));
  let source = "";
  for (const [index, part] of parts.entries()) {
    const before = parts[index - 1];
    const lazy = parts[index + 1]?.kind === "optional" ? "?" : ""; // else the field would take the text that may be missing
    if (part.kind === "text") source += escape(part.text);
    else if (part.kind === "optional") source += `(?:${escape(part.text)})?`;
    else if (!isFree(part.field)) source += group(index, RIGID[part.field]);
    else if (index === leftmostFree) source += group(index, `[^/]{1,255}${lazy}`);
    else {
      // Read from the right, a free field ends where the character before it comes up; that character it cannot hold. So only one field of the
      // whole template can vary in length against its neighbours, and matching stays linear.
      const stop = before?.kind === "text" ? [...before.text].at(-1) : undefined;
      if (stop === undefined) return `{${part.field}} needs text in front of it, so that it is clear where it begins`;
      source += group(index, `[^/${escape(stop)}]{0,255}${lazy}`);
    }
  }
  const pattern = new RegExp(`^${source}$`, "u");
  return {
    match(stem: string) {
      const groups = stem.length > 255 ? undefined : pattern.exec(stem)?.groups;
      if (groups === undefined) return undefined;
      const found: Partial<Record<Field, string>> = {};
      for (const [index, part] of parts.entries()) {
        const text = part.kind === "field" ? groups[`p${index}`] : undefined;
        if (part.kind === "field" && text !== undefined && text !== "") found[part.field] = text;
      }
      return found;
    },
  };
}

function parseParts(template: string): Part[] | string {
  const parts: Part[] = [];
  for (const [token] of template.matchAll(/\{[^{}]*\}|\[[^[\]{}]*\]|[^{}[\]]+|[{}[\]]/gu)) {
    if (/^\{.+\}$/.test(token)) {
      const name = token.slice(1, -1);
      if (!(name in RIGID) && !(FREE as readonly string[]).includes(name)) return `{${name}} is not a placeholder; expected one of ${[...Object.keys(RIGID), ...FREE].join(", ")}`;
      parts.push({ kind: "field", field: name as Field });
    } else if (/^\[.+\]$/.test(token)) parts.push({ kind: "optional", text: token.slice(1, -1) });
    else if (/[{}[\]]/.test(token)) return `${token} has no partner`;
    else parts.push({ kind: "text", text: token });
  }
  return parts;
}

function isFree(field: Field): field is (typeof FREE)[number] {
  return (FREE as readonly string[]).includes(field);
}

function group(index: number, source: string): string {
  return `(?<p${index}>${source})`;
}

function escape(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&").replaceAll("-", "\\x2d"); // \- is only legal inside a class
}
