// One outbox item, one attempt, one receipt. When to try again is not decided here.
import { AppError, errorView, type DeliveryReceipt, type ErrorCode, type ErrorView, type OutboxItem } from "../domain/index.ts";
import type { Clock, Log, Net, NetResponse } from "../platform/index.ts";
import { inItsWords, type Destination, type DestinationConfig, type Verdict } from "./destinations/destination.ts";
import { generic } from "./destinations/generic.ts";

/** A new kind of CRM is a new file in destinations/ and a line here. */
const KINDS: Readonly<Record<string, Destination>> = { generic };

/** An answer is judged by its status and headers; of its body so much is read, and thrown away, to let the receiver finish. */
const DRAIN_BYTES = 64 * 1024;

export interface Delivery {
  /** names of the receivers, as the outbox has them */
  readonly destinations: readonly string[];
  /**
   * Sends one result once. Never throws for what the receiver does.
   * @param signal gives the attempt up; the receipt then says retry, for it may have arrived
   */
  attempt(item: OutboxItem, signal?: AbortSignal): Promise<DeliveryReceipt>;
}

export interface DeliveryParts {
  net: Pick<Net, "request">;
  destinations: readonly DestinationConfig[];
  clock: Clock;
  log: Log;
}

/** @throws AppError CONFIG_INVALID when a destination's kind, address, secret or headers cannot be used: at start, not at the first call */
export function createDelivery({ net, destinations, clock, log }: DeliveryParts): Delivery {
  const byName = new Map(destinations.map((config) => [config.name, { config, destination: kindOf(config) }]));
  for (const { config, destination } of byName.values()) checkDestination(config, () => destination.toRequest(SAMPLE, config, clock.now()));
  return {
    destinations: [...byName.keys()],
    async attempt(item, signal) {
      const known = byName.get(item.destination);
      if (known === undefined) return retry("DELIVERY_UNREACHABLE", `The destination ${item.destination} is not configured; ${item.destination === "crm" ? "set crm.url" : "configure it again"}, or give the result up`);
      const { config, destination } = known;
      const host = new URL(config.url).host;
      const startedMs = clock.now();
      try {
        const { body, ...request } = destination.toRequest(item, config, startedMs);
        const limits = { policy: { kind: "administered" as const }, timeoutMs: config.timeoutMs, maxResponseBytes: DRAIN_BYTES };
        const response = await net.request({ ...request, ...limits, body, ...(signal === undefined ? {} : { signal }) });
        const verdict = destination.readAnswer(response.status, response.headers, { attempts: item.attempts, nowMs: clock.now() });
        await drain(response);
        log.debug({ event: "delivery.answered", destination: item.destination, status: response.status, attempt: item.attempts + 1, ms: clock.now() - startedMs });
        return toReceipt(verdict, response.status, host, config);
      } catch (error) {
        log.debug({ event: "delivery.unanswered", destination: item.destination, attempt: item.attempts + 1, ms: clock.now() - startedMs, code: error instanceof AppError ? error.code : "unknown" });
        return retry("DELIVERY_UNREACHABLE", inItsWords(unreachable(error, host), config));
      }
    },
  };
}

const SAMPLE: OutboxItem = { id: "sample", sessionId: "sample", destination: "sample", messageId: "sample", revision: 1, body: "{}", attempts: 0, nextAttemptMs: 0, state: "waiting" };

/** A mistake in the settings is said where it was made. @throws AppError CONFIG_INVALID */
function checkDestination(config: DestinationConfig, check: () => void): void {
  try {
    check();
  } catch (error) {
    throw error instanceof AppError ? new AppError(error.code, inItsWords(error.message, config), { cause: error }) : error;
  }
}

function kindOf(config: DestinationConfig): Destination {
  const destination = KINDS[config.kind];
  if (destination === undefined) throw new AppError("CONFIG_INVALID", `crm.kind ${config.kind} is not known; expected one of ${Object.keys(KINDS).join(", ")}`);
  if (!URL.canParse(config.url)) throw new AppError("CONFIG_INVALID", "crm.url is not an address; expected https://host/path");
  return destination;
}

/** The status came, so the result is judged; that the rest of the answer breaks off, is too long or never ends does not change it. */
async function drain(response: NetResponse): Promise<void> {
  try {
    let sizeBytes = 0;
    for await (const chunk of response.body) {
      sizeBytes += chunk.byteLength;
      if (sizeBytes >= DRAIN_BYTES) break;
    }
  } catch {
    await response.discard();
  }
}

function toReceipt(verdict: Verdict, httpStatus: number, host: string, config: DestinationConfig): DeliveryReceipt {
  const refused = (advice: string): string => inItsWords(`The CRM at ${host} did not take the result: ${advice}`, config);
  switch (verdict.outcome) {
    case "delivered":
      return { outcome: "delivered", httpStatus };
    case "retry": {
      const code = httpStatus >= 500 ? "DELIVERY_UNREACHABLE" : "DELIVERY_REFUSED";
      const error = errorView(new AppError(code, refused(verdict.advice), { retry: "later" }));
      return { outcome: "retry", httpStatus, error, ...(verdict.retryAfterMs === undefined ? {} : { retryAfterMs: verdict.retryAfterMs }) };
    }
    case "parked":
      return { outcome: "parked", httpStatus, error: view("DELIVERY_REFUSED", refused(verdict.advice)) };
    case "disabled":
      return { outcome: "disabled", httpStatus, error: view("DELIVERY_DISABLED", refused(verdict.advice)) };
  }
}

function retry(code: ErrorCode, message: string): DeliveryReceipt {
  return { outcome: "retry", httpStatus: null, error: view(code, message) };
}

function view(code: ErrorCode, message: string): ErrorView {
  return errorView(new AppError(code, message));
}

/** Our own client says what is wrong with the connection; the words of foreign errors may hold anything. */
function unreachable(error: unknown, host: string): string {
  if (error instanceof AppError) return `The CRM could not be reached: ${error.message}`;
  return `The CRM at ${host} could not be reached; it is tried again by itself`;
}
