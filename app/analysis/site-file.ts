// Files that a site writes about its own business: YAML, checked whole, every mistake reported at once with its place.
import { readFileSync } from "node:fs";
import { parse as parseYaml, YAMLParseError } from "yaml";
import type { z } from "zod";
import { AppError } from "../domain/index.ts";

/** How messages call a file, and the setting that names it. */
export interface SiteFile {
  what: string;
  setting: string;
}

interface Problem {
  path: string;
  message: string;
}

/** @throws AppError CONFIG_INVALID when the file cannot be read */
export function readSiteFile(path: string, { what, setting }: SiteFile): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new AppError("CONFIG_INVALID", `The ${what} ${path} cannot be read; check ${setting} and the permissions of the file`, { cause });
  }
}

/** @throws AppError CONFIG_INVALID whose `details.problems` names every mistake with its path */
export function parseSiteFile<S extends z.ZodType>(schema: S, text: string, name: string, file: SiteFile): z.output<S> {
  let raw: unknown;
  try {
    raw = parseYaml(text, { uniqueKeys: true });
  } catch (cause) {
    const line = cause instanceof YAMLParseError ? cause.linePos?.[0].line : undefined;
    const twice = cause instanceof Error && cause.message.includes("unique") ? "has the same name twice" : "is not YAML";
    throw invalidSiteFile(name, file, [{ path: line === undefined ? "(top)" : `line ${line}`, message: twice }], cause);
  }
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw invalidSiteFile(name, file, parsed.error.issues.map((issue) => ({ path: issue.path.join(".") || "(top)", message: issue.message })));
}

/** The error for mistakes that only show when the whole file is understood. */
export function invalidSiteFile(name: string, { what }: SiteFile, problems: readonly Problem[], cause?: unknown): AppError {
  const lines = problems.map((problem) => `  ${problem.path}: ${problem.message}`).join("\n");
  return new AppError("CONFIG_INVALID", `The ${what} ${name} must be mended:\n${lines}`, { details: { problems }, ...(cause === undefined ? {} : { cause }) });
}
