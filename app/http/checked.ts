// Values from outside become values of known shape here, or a 422 that names each wrong one.
import type { Request } from "express";
import { z } from "zod";
import { AppError, callIdSchema } from "../domain/index.ts";

const MAX_PROBLEMS = 50;

/** @throws AppError REQUEST_INVALID with `problems` [{path, message}] */
export function checked<S extends z.ZodType>(schema: S, value: unknown, what: string): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.slice(0, MAX_PROBLEMS).map((issue) => ({ path: issue.path.map(String).join(".") || what, message: expectation(issue) }));
  const first = problems[0];
  throw new AppError("REQUEST_INVALID", `${first === undefined ? what : `${first.path}: ${first.message}`}${problems.length > 1 ? `, and ${problems.length - 1} more` : ""}; correct it and send the request again`, { details: { problems } });
}

export function checkedQuery<S extends z.ZodType>(schema: S, req: Request): z.output<S> {
  return checked(schema, req.query, "query");
}

/** The `call_id` of the path, decoded once by the router, and the `source` that makes it unambiguous. */
export function checkedCallId(req: Request): { callId: string; source: string | undefined } {
  const callId = checked(callIdSchema, req.params["call_id"], "call_id");
  const { source } = checkedQuery(sourceQuery, req);
  return { callId, source };
}

/** Any other part of the path, as text. */
export function pathPart(req: Request, name: string): string {
  const value = req.params[name];
  return typeof value === "string" ? value : "";
}

/** Two sources may use the same call id; without `source` the newest call is meant. */
export const sourceQuery = z.object({ source: z.string().min(1).max(63).optional().describe("name of the source, when several sources use the same call id; the newest call when absent") });

export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50).describe("how many items at most"),
  cursor: z.string().min(1).max(500).optional().describe("`next` of the page before"),
});

/** Without the keys that are undefined: the store's filters have optional keys, not undefined values. */
export function present<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

/** `{limit, cursor?}` of a parsed query. */
export function pageOfQuery(query: { limit: number; cursor?: string | undefined }): { limit: number; cursor?: string } {
  return query.cursor === undefined ? { limit: query.limit } : { limit: query.limit, cursor: query.cursor };
}

/** A union says what each of its shapes expects instead of only that none fits. */
function expectation(issue: z.core.$ZodIssue): string {
  if (issue.code !== "invalid_union") return issue.message;
  const options = issue.errors.map((errors) => errors[0]?.message).filter((message) => message !== undefined);
  return options.length === 0 ? issue.message : [...new Set(options)].join(", or ");
}
