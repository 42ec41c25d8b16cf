// What the web server may ask about the way of contacts through the house, and mend.
import type { DeliveryReceipt, LateRule } from "../../domain/index.ts";
import type { By } from "../threads/desk-types.ts";

/** What setting contacts going again came to. */
export interface Mended {
  again: number;
  refused: { sessionId: string; code: string; message: string }[];
}

/** What a receiver answered to a test. */
export interface TestAnswer {
  receipt: DeliveryReceipt;
  messageId: string;
  ms: number;
}

export interface MendingDesk {
  /** what late means at this moment: it follows what stages took of late */
  lateRules(): LateRule[];
  /**
   * Sets failed contacts going again where they stopped: the stage that failed, the stored recording from the beginning, or the delivery.
   * Each is audited. What cannot be done is answered with its reason and stops nothing.
   */
  mend(sessionIds: readonly string[], by: By): Promise<Mended>;
  /** Sends one marked, signed message to a receiver, past the outbox: it is tried once and nothing of it is stored. @throws AppError CONFLICT when nothing is configured under this name */
  sendTest(destination: string, signal?: AbortSignal): Promise<TestAnswer>;
}
