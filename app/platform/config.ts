// Reads the settings: defaults, then the YAML file, then EARSHOT_… variables. All mistakes are reported at once.
import { existsSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { parse as parseYaml, YAMLParseError } from "yaml";
import { z } from "zod";
import { AppError } from "../domain/index.ts";
import { withAbsoluteFiles } from "./config-mailboxes.ts";
import { configSchema, type Config } from "./config-schema.ts";
import { earshotVariables } from "./environment.ts";
import { installationRoot } from "./paths.ts";

/** Variables that are not settings. */
const OTHER_VARIABLES = new Set(["EARSHOT_CONFIG"]);

/** A leaf of the settings: its path, e.g. `["http", "port"]`, and its variable, `EARSHOT_HTTP_PORT`. */
export interface SettingName {
  path: string[];
  variable: string;
}

/** Every setting that can be given as a variable; lists and maps are one setting, written as YAML or JSON. */
export function settingNames(): SettingName[] {
  const found: SettingName[] = [];
  const walk = (schema: z.core.$ZodType, path: string[]): void => {
    const inner = unwrap(schema);
    if (inner instanceof z.ZodObject && path.length < 4) {
      for (const [key, value] of Object.entries<z.core.$ZodType>(inner.shape)) walk(value, [...path, key]);
    } else found.push({ path, variable: `EARSHOT_${path.join("_").toUpperCase()}` });
  };
  walk(configSchema, []);
  return found;
}

/**
 * @param file      YAML file; `EARSHOT_CONFIG`, else config/earshot.yaml of the installation when absent. A missing default file counts as empty.
 * @param variables the `EARSHOT_…` variables
 * @returns settings with absolute `data_dir`
 * @throws AppError CONFIG_INVALID whose `details.problems` lists every mistake with path and expected value
 */
export function loadConfig(file?: string, variables: Record<string, string> = earshotVariables()): Config {
  const named = file ?? variables["EARSHOT_CONFIG"];
  const path = named ?? join(installationRoot(), "config", "earshot.yaml");
  const problems: { path: string; message: string }[] = [];
  const inFile = readSettings(path, named !== undefined, problems);
  const config = settingsToConfig({ file: path, inFile, variables }, problems);
  if (config === undefined) throw invalid(path, problems);
  return config;
}

/** Where the settings of a process come from. Holds secrets. */
export interface ConfigOrigins {
  /** path of the file, which need not exist */
  file: string;
  /** what the file says, unchecked */
  inFile: Record<string, unknown>;
  /** the `EARSHOT_…` variables */
  variables: Record<string, string>;
}

const origins = new WeakMap<Config, ConfigOrigins>();

/** @returns undefined for settings that a program made and did not load */
export function originsOf(config: Config): ConfigOrigins | undefined {
  return origins.get(config);
}

/** @param problems gets every mistake @returns undefined when there is one */
export function settingsToConfig(from: ConfigOrigins, problems: { path: string; message: string }[]): Config | undefined {
  const settings = { ...from.inFile };
  applyVariables(settings, from.variables, problems);
  const parsed = configSchema.safeParse(settings);
  if (!parsed.success) for (const issue of parsed.error.issues) problems.push({ path: issue.path.join(".") || "(top)", message: issue.message });
  if (!parsed.success || problems.length > 0) return undefined;
  const config = withAbsolutePaths(parsed.data, existsSync(from.file) ? dirname(resolve(from.file)) : installationRoot(), from.variables["EARSHOT_DATA_DIR"] !== undefined);
  origins.set(config, from);
  return config;
}

/** Address under which people reach the dashboard, without a final slash: as configured, else the best that this machine knows of itself. */
export function publicUrl({ http }: Pick<Config, "http">): string {
  if (http.public_url !== undefined) return http.public_url.replace(/\/+$/, "");
  const host = http.host === "0.0.0.0" || http.host === "::" ? hostname() : http.host;
  return `http://${host.includes(":") ? `[${host}]` : host}:${http.port}`;
}

function readSettings(path: string, mustExist: boolean, problems: { path: string; message: string }[]): Record<string, unknown> {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    if (mustExist) throw new AppError("CONFIG_INVALID", `The configuration file ${path} cannot be read; check the path and its permissions`, { cause });
    return {};
  }
  try {
    const parsed: unknown = parseYaml(text) ?? {};
    if (typeof parsed === "object" && !Array.isArray(parsed)) return parsed as Record<string, unknown>;
    problems.push({ path: "(top)", message: "expected settings as `name: value` lines" });
  } catch (error) {
    const where = error instanceof YAMLParseError ? ` (line ${error.linePos?.[0].line ?? "?"})` : "";
    problems.push({ path: "(top)", message: `is not YAML${where}` });
  }
  return {};
}

function applyVariables(settings: Record<string, unknown>, variables: Record<string, string>, problems: { path: string; message: string }[]): void {
  const names = new Map(settingNames().map((setting) => [setting.variable, setting.path]));
  for (const [variable, text] of Object.entries(variables)) {
    if (OTHER_VARIABLES.has(variable)) continue;
    const path = names.get(variable);
    if (path === undefined) {
      problems.push({ path: variable, message: "is not a setting; `earshot doctor` and config/reference.md list them" });
      continue;
    }
    let holder = settings;
    for (const key of path.slice(0, -1)) {
      const next = holder[key];
      holder = holder[key] = typeof next === "object" && next !== null ? { ...next } : {};
    }
    holder[path.at(-1) ?? ""] = readVariable(path, text);
  }
}

/** Text settings stay text ("007" is a password, not a number); everything else is read as YAML, of which JSON is a part. */
function readVariable(path: string[], text: string): unknown {
  let schema: z.core.$ZodType = configSchema;
  for (const key of path) {
    const inner = unwrap(schema);
    if (inner instanceof z.ZodObject) schema = (inner.shape as Record<string, z.core.$ZodType>)[key] ?? schema;
  }
  const leaf = unwrap(schema);
  if (leaf instanceof z.ZodString || leaf instanceof z.ZodEnum || leaf instanceof z.ZodURL) return text;
  try {
    return parseYaml(text);
  } catch {
    return text;
  }
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return unwrap(schema.unwrap());
  return schema;
}

/** Relative paths in the file are meant from the file; a relative data folder from a variable is meant from where the person stands. */
function withAbsolutePaths(config: Config, base: string, dataDirIsVariable: boolean): Config {
  const from = (path: string): string => (isAbsolute(path) ? path : resolve(base, path));
  const root = base === join(installationRoot(), "config") ? installationRoot() : base; // ./var lies beside config/, not in it
  return {
    ...config,
    data_dir: isAbsolute(config.data_dir) ? config.data_dir : resolve(dataDirIsVariable ? process.cwd() : root, config.data_dir),
    ...(config.data_key_file === undefined ? {} : { data_key_file: from(config.data_key_file) }),
    speech: { ...config.speech, ...(config.speech.engine_dir === undefined ? {} : { engine_dir: from(config.speech.engine_dir) }) },
    analysis: { ...config.analysis, ...(config.analysis.taxonomy === undefined ? {} : { taxonomy: from(config.analysis.taxonomy) }) },
    channels: { ...config.channels, mailboxes: withAbsoluteFiles(config.channels.mailboxes, from) },
    intake: {
      ...config.intake,
      folders: config.intake.folders.map((folder) => ({ ...folder, path: from(folder.path) })),
      sources: config.intake.sources.map((source) => (source.recordings_folder === undefined ? source : { ...source, recordings_folder: from(source.recordings_folder) })),
    },
  };
}

function invalid(path: string, problems: readonly { path: string; message: string }[]): AppError {
  const lines = problems.map((problem) => `  ${problem.path}: ${problem.message}`).join("\n");
  return new AppError("CONFIG_INVALID", `${problems.length === 1 ? "One setting" : `${problems.length} settings`} in ${path} or the environment must be mended:\n${lines}`, {
    details: { problems },
  });
}
