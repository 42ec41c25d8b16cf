// What a change of the settings would do, before anybody makes it: mistakes, differences, what needs a restart, and the lines for the file. Pure.
import { stringify, YAMLParseError } from "yaml";
import { originsOf, settingNames, settingsToConfig, type ConfigOrigins } from "./config.ts";
import { settingLeaves } from "./config-reference.ts";
import { readYaml, sameJson, shown, valueAt } from "./config-report.ts";
import type { Config } from "./config-schema.ts";

export interface SettingChange {
  path: string;
  /** as YAML, secrets as `(set)`; null for not set */
  from: string | null;
  to: string | null;
  /** `reload`: with SIGHUP (systemctl reload), while calls are heard */
  effect: "reload" | "restart";
}

export interface SettingsPreview {
  problems: { path: string; message: string; expected: string | null }[];
  changes: SettingChange[];
  /** settings that a variable gives: what the file says of them does not count */
  overruled: { path: string; variable: string }[];
  /** what to put into the file; null while there are mistakes or nothing changes */
  yaml: string | null;
}

/**
 * @param running the settings of this process
 * @param text    YAML of any part of the settings; `crm.timeout_seconds: 20` is understood too
 */
export function previewSettings(running: Config, text: string): SettingsPreview {
  const { given, problem } = readGiven(text);
  if (given === undefined) return { problems: [{ path: "(top)", message: problem ?? "is not YAML", expected: "lines such as site: {name: Front desk}" }], changes: [], overruled: [], yaml: null };
  const origins: ConfigOrigins = originsOf(running) ?? { file: "config/earshot.yaml", inFile: structuredClone(running), variables: {} };
  const problems: { path: string; message: string }[] = [];
  const next = settingsToConfig({ ...origins, inFile: merged(origins.inFile, given) as Record<string, unknown> }, problems);
  const leaves = settingLeaves();
  if (next === undefined) return { problems: problems.map((one) => ({ ...one, expected: leaves.find((leaf) => leaf.path === one.path)?.allowed ?? null })), changes: [], overruled: [], yaml: null };
  const changes = leaves.filter(({ path }) => !sameJson(valueAt(running, path), valueAt(next, path))).map(({ path }): SettingChange => {
    const [from, to] = [shown(path, valueAt(running, path), true), shown(path, valueAt(next, path), true)];
    return { path, from, to: from === to && to !== null ? `${to}, another one` : to, effect: path.startsWith("speech.") ? "reload" : "restart" };
  });
  const overruled = settingNames().filter(({ path, variable }) => origins.variables[variable] !== undefined && valueAt(given, path.join(".")) !== undefined).map(({ path, variable }) => ({ path: path.join("."), variable }));
  return { problems: [], changes, overruled, yaml: changes.length === 0 ? null : stringify(given, { lineWidth: 0 }) };
}

function readGiven(text: string): { given?: Record<string, unknown>; problem?: string } {
  try {
    const parsed = readYaml(text);
    if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) return { problem: "expected settings as `name: value` lines" };
    return { given: Object.entries(parsed).reduce<Record<string, unknown>>((all, [key, value]) => merged(all, nested(key.split("."), value)) as Record<string, unknown>, {}) };
  } catch (error) {
    return { problem: error instanceof YAMLParseError ? `is not YAML (line ${error.linePos?.[0].line ?? "?"})` : "is not YAML" };
  }
}

const nested = ([first = "", ...rest]: string[], value: unknown): Record<string, unknown> => ({ [first]: rest.length === 0 ? value : nested(rest, value) });

/** Names join, lists and single values take each other's place. */
function merged(old: unknown, given: unknown): unknown {
  const isMap = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isMap(old) || !isMap(given)) return given;
  const all = new Map(Object.entries(old));
  for (const [key, value] of Object.entries(given)) all.set(key, merged(all.get(key), value));
  return Object.fromEntries(all);
}
