// Live events out of a transaction: told when it stands, and not when it was rolled back.
import type { LiveEvent } from "./appliance.ts";
import type { Parts } from "./parts.ts";

/** Tells everybody who watches, once the transaction stands; when it was rolled back, `stands` says so and nobody is told. */
export function tellWhen(stands: () => boolean, type: LiveEvent["type"], data: LiveEvent["data"], parts: Parts): void {
  setImmediate(() => {
    if (parts.db.open && stands()) parts.events.emit(type, data);
  });
}
