// The reference of all settings, written from their schema, so that it is never behind. scripts/config-reference.mjs puts it into config/.
import { z } from "zod";
import { configSchema } from "./config-schema.ts";
import { settingNames } from "./config.ts";

/** The parts of JSON Schema that our settings use. */
interface Node {
  type?: string | string[];
  description?: string;
  default?: unknown;
  enum?: unknown[];
  const?: unknown;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  properties?: Record<string, Node>;
  required?: string[];
  items?: Node;
  additionalProperties?: Node | boolean;
  anyOf?: Node[];
  oneOf?: Node[];
  format?: string;
}

/** @returns Markdown: one table a section, one a list */
export function configReference(): string {
  const schema = z.toJSONSchema(configSchema, { io: "input", unrepresentable: "any" }) as Node;
  const variables = new Map(settingNames().map((setting) => [setting.path.join("."), setting.variable]));
  const sections = new Map<string, string[]>();
  const lists: { path: string; node: Node }[] = [];
  for (const { path, node } of leaves(schema, [])) {
    const section = path.length > 1 ? (path[0] ?? "") : "";
    const name = path.join(".");
    const row = `| \`${name}\` | ${allowed(node)} | ${byDefault(node)} | ${cell(node.description ?? "")} | \`${variables.get(name) ?? ""}\` |`;
    sections.set(section, [...(sections.get(section) ?? []), row]);
    if (node.type === "array" && node.items?.properties !== undefined) lists.push({ path: `${name}[]`, node: node.items });
  }
  return [
    "# Every setting",
    "",
    "Written from the schema by `node scripts/config-reference.mjs`; do not edit. The file is YAML: `http.port` is `port` below `http`.",
    "Every setting can also be given as the variable in the last column, which wins over the file; lists are then written as JSON.",
    "Unknown settings and values of the wrong shape are reported all at once, with path and expected value. An empty file is valid.",
    ...[...sections].flatMap(([section, rows]) => ["", `## ${section === "" ? "General" : section}`, "", "| setting | value | default | meaning | variable |", "|---|---|---|---|---|", ...rows]),
    ...lists.flatMap(({ path, node }) => ["", `## An entry of ${path}`, "", ...entryTable(node)]),
    "",
  ].join("\n");
}

/** One setting as people read about it. */
export interface SettingLeaf {
  /** `http.port` */
  path: string;
  meaning: string;
  /** what it may be, in words: `whole number 1 to 65535` */
  allowed: string;
  /** as JSON; undefined when there is none */
  byDefault: unknown;
}

let known: readonly SettingLeaf[] | undefined;

/** Every setting, in the order of the schema; a list is one. */
export function settingLeaves(): readonly SettingLeaf[] {
  return (known ??= [...leaves(z.toJSONSchema(configSchema, { io: "input", unrepresentable: "any" }) as Node, [])].map(({ path, node }) => ({ path: path.join("."), meaning: node.description ?? "", allowed: allowed(node).replaceAll("`", ""), byDefault: node.default })));
}

function* leaves(node: Node, path: string[]): Generator<{ path: string[]; node: Node }> {
  for (const [key, child] of Object.entries(node.properties ?? {})) {
    if (child.properties !== undefined) yield* leaves(child, [...path, key]);
    else yield { path: [...path, key], node: child };
  }
}

function entryTable(entry: Node): string[] {
  const rows = [...entryRows(entry, "")];
  return ["| setting | value | default | meaning |", "|---|---|---|---|", ...rows];
}

/** Choices such as the ways of `auth` are shown one after the other, each with its own settings. */
function* entryRows(entry: Node, prefix: string): Generator<string> {
  for (const [key, child] of Object.entries(entry.properties ?? {})) {
    const kinds = (child.oneOf ?? child.anyOf ?? []).filter((kind) => kind.properties?.["type"]?.const !== undefined);
    const isNeeded = entry.required?.includes(key) === true;
    yield `| \`${prefix}${key}\` | ${kinds.length > 0 ? "one of the kinds below" : allowed(child)} | ${isNeeded && child.default === undefined ? "**needed**" : byDefault(child)} | ${cell(child.description ?? "")} |`;
    for (const kind of kinds) {
      const type = String(kind.properties?.["type"]?.const);
      yield `| \`${prefix}${key}.type\` | \`${type}\` | | ${cell(kind.description ?? "")} |`;
      const others = Object.fromEntries(Object.entries(kind.properties ?? {}).filter(([name]) => name !== "type"));
      yield* entryRows({ ...kind, properties: others }, `${prefix}${key}.`);
    }
  }
}

function allowed(node: Node): string {
  const choices = node.anyOf ?? node.oneOf;
  if (choices !== undefined) return choices.map(allowed).join(" or ");
  if (node.const !== undefined) return code(node.const);
  if (node.enum !== undefined) return node.enum.map(code).join(", ");
  if (node.type === "array") return `list of ${node.items?.properties === undefined ? allowed(node.items ?? {}) : "entries, see below"}`;
  if (node.type === "object") return node.properties === undefined ? "names with texts" : code(Object.fromEntries(Object.entries(node.properties).map(([key, value]) => [key, value.const])));
  if (node.type === "boolean") return "`true`, `false`";
  if (node.type === "integer" || node.type === "number") return `${node.type === "integer" ? "whole number" : "number"}${range(node.minimum, node.maximum)}`;
  return node.format === "uri" ? "address" : "text";
}

function range(least: number | undefined, most: number | undefined): string {
  const isBounded = (limit: number | undefined): limit is number => limit !== undefined && Math.abs(limit) < Number.MAX_SAFE_INTEGER;
  if (isBounded(least) && isBounded(most)) return ` ${least} to ${most}`;
  if (isBounded(least)) return ` from ${least}`;
  return isBounded(most) ? ` up to ${most}` : "";
}

function byDefault(node: Node): string {
  return node.default === undefined ? "" : code(node.default);
}

function code(value: unknown): string {
  const text = typeof value === "string" && value !== "" ? value : JSON.stringify(value);
  return `\`${text.replaceAll("|", "\\|")}\``;
}

/** Text of a table cell; `<name>` outside of code would be taken for HTML. */
function cell(text: string): string {
  const parts = text.replaceAll("|", "\\|").replaceAll("\n", " ").split("`");
  return parts.map((part, i) => (i % 2 === 0 ? part.replaceAll("<", "&lt;") : part)).join("`");
}
