// The settings as people look at them: value, meaning, where it comes from. Secrets are only ever "set". Pure.
import { parse as parseYaml, stringify } from "yaml";
import { originsOf, settingNames } from "./config.ts";
import { settingLeaves } from "./config-reference.ts";
import type { Config } from "./config-schema.ts";

export type SettingOrigin = "default" | "file" | "environment" | "program";

export interface SettingView {
  /** `crm.timeout_seconds` */
  path: string;
  meaning: string;
  /** what it may be, in words */
  allowed: string;
  /** as YAML, secrets as `(set)`; null when it is not set */
  value: string | null;
  origin: SettingOrigin;
  /** the variable that may give it, and does when `origin` is environment */
  variable: string | null;
}

/** What nobody may read, by the name of the setting. Files that hold a secret are named, not read. */
const SECRET = /^(secrets?|passwords?|tokens?|keys?|.+_(secrets?|passwords?|tokens?|keys?))$/;
/** Names may be read, values not: they may be keys of the other side. */
const SECRET_VALUES = /^(headers|fields)$/;
/** Where things go and come from: for administrators only. */
const ADDRESS = /^(url|host|mirror|graph_url|recording_hosts|allow_ips|trusted_proxies|user|own_addresses|relays)$/;

export const SET = "(set)";
export const HIDDEN = "(an address; administrators see it)";

/**
 * @param showsAddresses false: addresses of other machines are left out too
 * @returns every setting in the order of the schema
 */
export function describeSettings(config: Config, showsAddresses: boolean): SettingView[] {
  const variables = new Map(settingNames().map((one) => [one.path.join("."), one.variable]));
  const origins = originsOf(config);
  return settingLeaves().map(({ path, meaning, allowed, byDefault }) => {
    const value = valueAt(config, path);
    const variable = variables.get(path) ?? null;
    const origin: SettingOrigin =
      variable !== null && origins?.variables[variable] !== undefined ? "environment" : origins !== undefined ? (valueAt(origins.inFile, path) === undefined ? "default" : "file") : sameJson(value, byDefault) || value === undefined ? "default" : "program";
    return { path, meaning, allowed, variable, origin, value: shown(path, value, showsAddresses) };
  });
}

/** A value as text in which no secret is. @returns null for what is not set */
export function shown(path: string, value: unknown, showsAddresses: boolean): string | null {
  if (value === undefined || value === null) return null;
  const name = path.split(".").at(-1) ?? "";
  const masked = mask(path.startsWith("http.") && name === "host" ? "listens" : name, value, showsAddresses);
  if (typeof masked === "string") return masked;
  if (Array.isArray(masked) && masked.length === 0) return "(none)";
  if (typeof masked === "object" && masked !== null && Object.keys(masked).length === 0) return "(none)";
  return stringify(masked, { lineWidth: 0 }).trimEnd();
}

/** The same shape with `(set)` in place of secrets, and addresses without the password that may stand in them. */
export function mask(name: string, value: unknown, showsAddresses: boolean): unknown {
  if (value === undefined || value === null) return value;
  if (SECRET.test(name) && typeof value !== "boolean") return SET; // a switch such as keep_with_secrets is named after secrets and is none
  if (!showsAddresses && ADDRESS.test(name)) return Array.isArray(value) ? (value.length === 0 ? value : HIDDEN) : HIDDEN;
  if (Array.isArray(value)) return value.map((one) => mask(name, one, showsAddresses));
  if (typeof value === "object") return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, SECRET_VALUES.test(name) ? SET : mask(key, one, showsAddresses)]));
  return typeof value === "string" ? bareAddress(value) : value;
}

/** `https://user:password@host/path?key=…` → `https://host/path?…` */
function bareAddress(text: string): string {
  if (!/^[a-z][a-z+.-]*:\/\//i.test(text) || !URL.canParse(text)) return text;
  const url = new URL(text);
  if (url.username === "" && url.password === "" && url.search === "") return text;
  return `${url.protocol}//${url.username === "" && url.password === "" ? "" : `${SET}@`}${url.host}${url.pathname}${url.search === "" ? "" : `?${SET}`}`;
}

/** @param path `a.b.c` */
export function valueAt(holder: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((found, key) => (typeof found === "object" && found !== null ? (found as Record<string, unknown>)[key] : undefined), holder);
}

export function sameJson(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** For readers of what people typed. @throws what the yaml package throws */
export const readYaml = (text: string): unknown => parseYaml(text, { maxAliasCount: 10 });
