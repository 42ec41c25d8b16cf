// Slows guessing of passwords down, per address and per login name, without letting strangers lock somebody out.
import { createHash } from "node:crypto";
import { AppError } from "../domain/index.ts";
import type { Clock } from "../platform/index.ts";
import { createFailureLimit } from "./failure-limit.ts";

export interface LoginLimit {
  /**
   * Counts an attempt before it is decided, so that many at once are many; a success gives it back. Then waits as long as this name has to.
   * @throws AppError TOO_MANY_REQUESTS while this address may not try, or not this name
   */
  begin(address: string, login: string, signal: AbortSignal): Promise<Attempt>;
}

export interface Attempt {
  succeeded(): void;
}

/** A person mistypes three times; NIST SP 800-63B allows a hundred in a row. */
const PER_NAME_AND_ADDRESS = 10;
/** A whole office may stand behind one address. */
const PER_ADDRESS = 100;
const WINDOW_MS = 15 * 60_000;
/** From the sixth failure for one name on, wherever they come from, everybody waits before this name is tried: 0.25 s, doubled each time. */
const PATIENT_UNTIL = 5;
const FIRST_PAUSE_MS = 250;
/** The owner gets in after this long at worst, whatever strangers do. */
const LONGEST_PAUSE_MS = 8000;

/** How long an attempt waits after so many failures for its name. Pure. */
export function pauseMs(failures: number): number {
  return failures <= PATIENT_UNTIL ? 0 : Math.min(FIRST_PAUSE_MS * 2 ** (failures - PATIENT_UNTIL - 1), LONGEST_PAUSE_MS);
}

export function createLoginLimit(clock: Clock): LoginLimit {
  const byBoth = createFailureLimit(clock, PER_NAME_AND_ADDRESS, WINDOW_MS);
  const byAddress = createFailureLimit(clock, PER_ADDRESS, WINDOW_MS);
  const byName = createFailureLimit(clock, Number.POSITIVE_INFINITY, WINDOW_MS);
  return {
    async begin(address, login, signal) {
      const name = createHash("sha256").update(login).digest("base64url"); // what is typed into the wrong field may be a password
      const waitMs = Math.max(byBoth.blockedForMs(address, name), byAddress.blockedForMs(address, "any"));
      if (waitMs > 0) throw new AppError("TOO_MANY_REQUESTS", "Too many failed logins from this address; wait, then try again, or ask an administrator for a new set-up link", { details: { retryAfterSeconds: Math.ceil(waitMs / 1000) } });
      byBoth.count(address, name);
      byAddress.count(address, "any");
      const pause = pauseMs(byName.failures("any", name));
      byName.count("any", name);
      if (pause > 0) await clock.sleep(pause, signal);
      return {
        succeeded() {
          byBoth.forget(address, name);
          byAddress.giveBack(address, "any");
          byName.giveBack("any", name);
        },
      };
    },
  };
}
