// A form that a page posts: bounded, and of known shape.
import { z } from "zod";
import type { Request } from "express";
import { readBody } from "./body.ts";
import { checked } from "./checked.ts";

/** The longest: two passwords of 200 characters, percent-encoded, and some names. */
const MAX_FORM_BYTES = 16 * 1024;

/** One line of text in a form: absent and empty are the same. @param max characters */
export const field = (max: number) => z.string().max(max).regex(/^[^\p{Cc}]*$/u, "expected one line of text").trim().default("");
/** A password: every character counts. */
export const passwordField = z.string().max(400).default("");

/** The fields as they came, for forms with lists or fields of their own. @throws AppError TOO_LARGE */
export async function readFields(req: Request, maxBytes = MAX_FORM_BYTES): Promise<URLSearchParams> {
  return new URLSearchParams((await readBody(req, maxBytes)).toString("utf8"));
}

/** @returns fields that came twice by their first value @throws AppError TOO_LARGE, UNSUPPORTED_TYPE, REQUEST_MALFORMED, REQUEST_INVALID */
export async function readForm<S extends z.ZodObject>(req: Request, schema: S): Promise<z.output<S>> {
  const form = await readFields(req);
  const values: Record<string, string> = {};
  for (const key of Object.keys(schema.shape)) {
    const value = form.get(key);
    if (value !== null) values[key] = value;
  }
  return checked(schema, values, "(form)");
}
