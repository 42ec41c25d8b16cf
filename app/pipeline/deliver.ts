// Carries the outbox to the CRM: one attempt after the other, for days if need be; every result arrives once in effect.
import { AppError, errorView, type DeliveryReceipt, type LedgerEntry, type OutboxItem } from "../domain/index.ts";
import { nextAttempt, type Delivery } from "../delivery/index.ts";
import { inTransaction } from "../platform/index.ts";
import type { Parts } from "./parts.ts";

/** Attempts under way to one receiver: one that hangs holds up nobody but itself. */
const AT_A_TIME = 4;
const POLL_MS = 1000;

/** Owns the loop that empties the outbox. */
export class Deliverer {
  private readonly parts: Parts;
  private readonly stopping = new AbortController();
  private readonly killing = new AbortController();
  private rest: AbortController | undefined;
  private isWoken = false;
  private loop: Promise<void> | undefined;
  /** items on their way, by receiver */
  private readonly onTheWay = new Map<string, Map<string, Promise<void>>>();

  constructor(parts: Parts) {
    this.parts = parts;
  }

  start(): void {
    const { delivery } = this.parts;
    this.parts.workflows.onPosted = () => this.wake();
    if (delivery !== undefined) this.loop = this.run(delivery);
  }

  /** Something was posted. */
  wake(): void {
    if (this.rest === undefined) this.isWoken = true; // looking at this moment: once more then
    else this.rest.abort();
  }

  async stop(drainMs: number): Promise<void> {
    this.stopping.abort();
    this.wake();
    const timer = setTimeout(() => this.killing.abort(new Error("Earshot is stopping")), drainMs);
    await this.loop;
    clearTimeout(timer);
  }

  private async run(delivery: Delivery): Promise<void> {
    while (!this.stopping.signal.aborted) {
      for (const name of delivery.destinations) for (const item of this.due(name)) this.begin(delivery, item);
      await this.idle();
    }
    await Promise.all([...this.onTheWay.values()].flatMap((items) => [...items.values()]));
  }

  private due(destination: string): OutboxItem[] {
    const under = this.onTheWay.get(destination) ?? new Map<string, Promise<void>>();
    if (under.size >= AT_A_TIME) return [];
    try {
      return this.parts.store.writes.findings.dueOf(destination, this.parts.clock.now(), AT_A_TIME - under.size, [...under.keys()]);
    } catch {
      return []; // a busy database; looked at again in a second
    }
  }

  private begin(delivery: Delivery, item: OutboxItem): void {
    const under = this.onTheWay.get(item.destination) ?? new Map<string, Promise<void>>();
    this.onTheWay.set(item.destination, under);
    const attempt = this.attempt(delivery, item).finally(() => {
      under.delete(item.id);
      this.wake(); // there is room for the next one
    });
    under.set(item.id, attempt);
  }

  private async attempt(delivery: Delivery, item: OutboxItem): Promise<void> {
    this.parts.checkpoint("deliver.claimed");
    const startedAt = this.parts.clock.now();
    try {
      const receipt = await delivery.attempt(item, this.killing.signal);
      this.parts.checkpoint("deliver.ran");
      if (!this.killing.signal.aborted || receipt.outcome === "delivered") this.record(item, receipt, startedAt);
      this.parts.checkpoint("deliver.committed");
    } catch (error) {
      // Only a fault of the bookkeeping comes here: the item stays due with the same message id.
      this.parts.log.error({ sessionId: item.sessionId, err: error instanceof Error ? error.name : "unknown" }, "delivery could not be recorded");
      await this.parts.clock.sleep(POLL_MS, this.stopping.signal).catch(() => undefined);
    }
  }

  private record(item: OutboxItem, receipt: DeliveryReceipt, startedAt: number): void {
    const now = this.parts.clock.now();
    const next = decide(item, receipt, now, this.parts.random());
    inTransaction(this.parts.db, () => {
      const { findings } = this.parts.store.writes;
      findings.recordAttempt(item.id, receipt, next, now);
      findings.addLedger(item.sessionId, { stage: "deliver", atMs: now, ms: now - startedAt, ...next.ledger });
      if (receipt.outcome === "delivered") findings.pullForward(item.destination, now);
      if (receipt.outcome === "disabled") findings.disable(item.destination, receipt.error.message, now);
      this.parts.checkpoint("deliver.saved");
    });
    this.parts.meters.delivered(item.destination, receipt.outcome);
    this.parts.log.info({ sessionId: item.sessionId, outcome: receipt.outcome, httpStatus: receipt.httpStatus, attempt: item.attempts + 1 }, "delivery attempt");
    this.parts.events.emit("delivery", { session_id: item.sessionId, destination: item.destination, outcome: receipt.outcome });
  }

  private async idle(): Promise<void> {
    if (this.isWoken) {
      this.isWoken = false;
      return;
    }
    this.rest = new AbortController();
    if (this.stopping.signal.aborted) return;
    await this.parts.clock.sleep(POLL_MS, this.rest.signal).catch(() => undefined);
    this.rest = undefined;
    this.isWoken = false;
  }
}

interface Decision {
  state: OutboxItem["state"];
  attemptMs: number;
  error: { code: string; message: string; retry: "never" | "later" | "after_fix" } | null;
  ledger: Pick<LedgerEntry, "status" | "code" | "detail">;
}

/** What follows from a receipt. Pure. */
export function decide(item: OutboxItem, receipt: DeliveryReceipt, nowMs: number, random: number): Decision {
  switch (receipt.outcome) {
    case "delivered":
      return { state: "delivered", attemptMs: nowMs, error: null, ledger: { status: "done", code: null, detail: `Delivered to ${item.destination} at attempt ${item.attempts + 1}` } };
    case "disabled":
    case "parked":
      return { state: "parked", attemptMs: nowMs, error: receipt.error, ledger: { status: "failed", code: receipt.error.code, detail: receipt.error.message } };
    case "retry": {
      const at = nextAttempt(item.attempts + 1, nowMs, random, receipt.retryAfterMs);
      if (at !== undefined) {
        return { state: "waiting", attemptMs: at, error: receipt.error, ledger: { status: "retrying", code: receipt.error.code, detail: `${receipt.error.message} (attempt ${item.attempts + 1})` } };
      }
      const error = errorView(new AppError("DELIVERY_EXHAUSTED", `${item.destination === "crm" ? "The CRM" : `The receiver of ${item.destination}`} did not take the result in ${item.attempts + 1} attempts over three days; mend it, then retry`));
      return { state: "parked", attemptMs: nowMs, error, ledger: { status: "failed", code: error.code, detail: error.message } };
    }
  }
}
