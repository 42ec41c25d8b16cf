// The shape of an answer, told to a model as a JSON schema that grammars really keep. What they would ignore is refused when the question is defined.
import { z } from "zod";
import { AppError } from "../../domain/index.ts";
import type { AnswerSchema } from "./language-model.ts";

/** Keywords that llama.cpp's grammar and the servers understand alike. `anyOf` would become `null` and `pattern`, `minimum`, `nullable` nothing at all, without a word. */
const KEYWORDS: Readonly<Record<string, readonly string[]>> = {
  object: ["type", "properties", "required", "additionalProperties"],
  array: ["type", "items", "minItems", "maxItems"],
  string: ["type", "minLength", "maxLength"],
  integer: ["type"],
  number: ["type"],
  boolean: ["type"],
  null: ["type"],
};
/** Longer repetitions may be refused by llama.cpp, and no finding is longer. */
const MAX_LENGTH = 500;
const MAX_ITEMS = 100;

/**
 * @param type zod type of the answer; parse what came back with the same
 * @returns its JSON schema
 * @throws AppError INTERNAL naming the place of whatever a grammar would not keep
 */
export function answerSchema(type: z.ZodType): AnswerSchema {
  const schema = plain(z.toJSONSchema(type)) as AnswerSchema;
  checkAnswerSchema(schema);
  return schema;
}

/** @throws AppError INTERNAL as `answerSchema` */
export function checkAnswerSchema(schema: unknown, path = "answer"): void {
  if (!isRecord(schema)) throw refused(path, "is no schema");
  const { oneOf, enum: values } = schema;
  if (oneOf !== undefined) return checkAll(only(schema, ["oneOf"], path), oneOf, path);
  if (values !== undefined) {
    if (!Array.isArray(values) || values.length === 0 || values.some((value) => typeof value === "object" && value !== null)) throw refused(path, "has an enum of something else than plain values");
    return void only(schema, ["enum"], path);
  }
  if ("const" in schema) return void only(schema, ["const"], path);
  const kind = typeof schema["type"] === "string" ? schema["type"] : "";
  only(schema, KEYWORDS[kind] ?? [], path);
  if (kind === "object") checkObject(schema, path);
  if (kind === "array") {
    bounded(schema["maxItems"], MAX_ITEMS, `${path}: an array needs maxItems`);
    checkAnswerSchema(schema["items"], `${path}[]`);
  }
  if (kind === "string") bounded(schema["maxLength"], MAX_LENGTH, `${path}: a string needs maxLength`);
}

function checkObject(schema: Record<string, unknown>, path: string): void {
  const { properties, required, additionalProperties } = schema;
  if (!isRecord(properties)) throw refused(path, "is an object without properties");
  const names = Object.keys(properties);
  if (!(Array.isArray(required) && names.every((name) => required.includes(name)))) throw refused(path, "has a property that may be left out, and grammars make all of them");
  if (additionalProperties !== undefined && additionalProperties !== false) throw refused(path, "allows further properties");
  for (const name of names) checkAnswerSchema(properties[name], `${path}.${name}`);
}

function checkAll(_: unknown, schemas: unknown, path: string): void {
  if (!Array.isArray(schemas)) throw refused(path, "has a oneOf that is no list");
  schemas.forEach((one, at) => checkAnswerSchema(one, `${path}<${at}>`));
}

function only(schema: Record<string, unknown>, allowed: readonly string[], path: string): void {
  const other = Object.keys(schema).find((key) => !allowed.includes(key) && key !== "description");
  if (other !== undefined) throw refused(path, `uses ${other}, which grammars do not keep`);
  if (allowed.length === 0) throw refused(path, "has no type that grammars know");
}

function bounded(value: unknown, most: number, what: string): void {
  if (typeof value !== "number" || value > most) throw new AppError("INTERNAL", `${what} of at most ${most}, or a model may write without end`);
}

/** Zod's words without those that say nothing: the dialect, the type beside an enum or const, the bounds of safe integers. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (!isRecord(value)) return value;
  const isChoice = "enum" in value || "const" in value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]): [string, unknown][] => {
      if (key === "$schema" || (key === "type" && isChoice)) return [];
      if (value["type"] === "integer" && ((key === "minimum" && inner === Number.MIN_SAFE_INTEGER) || (key === "maximum" && inner === Number.MAX_SAFE_INTEGER))) return [];
      return [[key, key === "enum" || key === "const" || key === "required" ? inner : key === "properties" && isRecord(inner) ? Object.fromEntries(Object.entries(inner).map(([name, one]) => [name, plain(one)])) : plain(inner)]];
    }),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function refused(path: string, what: string): AppError {
  return new AppError("INTERNAL", `The schema of a question cannot be used: ${path} ${what}`);
}
