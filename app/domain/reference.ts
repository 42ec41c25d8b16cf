// Other systems' names for something in a conversation. Pure.
import { z } from "zod";

/** Another system's name for something in a conversation: `{kind: "ticket", value: "4711"}`. Kind: lower-case letters, digits, _. */
export interface Reference {
  kind: string;
  value: string;
}

export const referenceSchema = z.object({
  kind: z.string().regex(/^[a-z][a-z0-9_]{0,31}$/, "expected a kind such as ticket: lower-case letters, digits and _"),
  // eslint-disable-next-line no-control-regex
  value: z.string().trim().min(1).max(200).regex(/^[^\u0000-\u001f\u007f-\u009f]*$/, "expected 1 to 200 printable characters"),
});

/** @returns the known values under their kinds, each pair once; what is no printable id is left out */
export function referencesOf(pairs: readonly (readonly [kind: string, value: string | undefined])[]): Reference[] {
  const known = pairs.flatMap(([kind, value]) => referenceSchema.safeParse({ kind, value }).data ?? []);
  return [...new Map(known.map((one) => [`${one.kind} ${one.value}`, one])).values()];
}
