// What a reader of entities hands back.
import type { Entity } from "../../domain/index.ts";

/** A stretch of a sentence's line that is an entity; `value` is its normal form, null when there is none. */
export interface Found {
  kind: Entity["kind"];
  value: string | null;
  start: number;
  end: number;
}
