// What a message changes in a form, and what it is read against.
import type { FilledSlot, SlotSource } from "./form.ts";
import type { HouseTurn } from "./house.ts";

/** A value for a slot, or its removal: the customer said that it is wrong. */
export type Change = { slot: string; value: string; source: SlotSource; quote: string; /** the messages that proved the value before prove the rest of it */ isPart?: true } | { slot: string; value: null; denied: string };

/** What the message is read against. */
export interface Before {
  slots: Readonly<Record<string, FilledSlot>>;
  /** slots that were asked for and not answered yet */
  pending: ReadonlySet<string>;
  /** the message of the house right before this one */
  house: HouseTurn | undefined;
  /** days that the house named lately */
  days: readonly string[];
}
