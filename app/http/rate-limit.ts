// One budget of requests per address and minute, over all endpoints.
import { ipKeyGenerator, MemoryStore, rateLimit, type RateLimitRequestHandler } from "express-rate-limit";
import { AppError } from "../domain/index.ts";
import type { Store } from "../store/index.ts";
import { contextOf } from "./context.ts";

const WINDOW_MS = 60_000;

export interface RequestLimit {
  handler: RateLimitRequestHandler;
  /** ends the timer that forgets old windows */
  stop: () => void;
}

/**
 * IPv6 addresses count by their /56, the network that one customer line gets. The first refusal of a window is audited, the others are
 * not: an attacker must not be able to fill the audit trail.
 */
export function createRequestLimit(requestsPerMinute: number, store: Store): RequestLimit {
  const memory = new MemoryStore();
  const handler = rateLimit({
    windowMs: WINDOW_MS,
    limit: requestsPerMinute,
    standardHeaders: "draft-7",
    legacyHeaders: false,
    store: memory,
    validate: false, // the address comes from openContext, which knows the trusted proxies
    keyGenerator: (req) => {
      const { remoteIp } = contextOf(req);
      return remoteIp === "unknown" ? remoteIp : ipKeyGenerator(remoteIp);
    },
    handler: (req, _res, next) => {
      const context = contextOf(req);
      const { used, resetTime } = (req as unknown as { rateLimit: { used: number; resetTime?: Date } }).rateLimit;
      if (used === requestsPerMinute + 1) {
        store.audit.append({ actor: { kind: "anonymous", id: null, ip: context.remoteIp }, action: "request.throttled", object: { kind: "address", id: null }, outcome: "refused", reason: "TOO_MANY_REQUESTS", requestId: context.id });
      }
      const waitMs = resetTime === undefined ? WINDOW_MS : Math.max(1000, resetTime.getTime() - Date.now());
      next(new AppError("TOO_MANY_REQUESTS", `More than ${requestsPerMinute} requests a minute came from this address; wait, then go on more slowly`, { details: { retryAfterSeconds: Math.ceil(waitMs / 1000) } }));
    },
  });
  return { handler, stop: () => memory.shutdown() };
}
