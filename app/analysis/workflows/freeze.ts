// Canonical JSON and its digest: equal content is equal text, whatever the order in which it was filled in. Pure.
import { createHash } from "node:crypto";

/** Keys in order at every depth, no spaces; `undefined` is left out (RFC 8785 for strings, whole numbers and booleans). */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    part !== null && typeof part === "object" && !Array.isArray(part) ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) : part,
  );
}

/** SHA-256 of the canonical JSON, lower-case hex. */
export function digestOf(value: unknown): string {
  return createHash("sha256").update(canonicalJson(value)).digest("hex");
}
