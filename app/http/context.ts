// What is known about one request beside the request itself: its id, where it comes from, who asks.
import { randomUUID } from "node:crypto";
import type { Socket } from "node:net";
import ipaddr from "ipaddr.js";
import type { NextFunction, Request, Response } from "express";
import type { Principal } from "./principal.ts";

export interface RequestContext {
  /** UUID; in `X-Request-Id`, in problems, in the log and in the audit trail */
  readonly id: string;
  /** address of the caller in its shortest form; `X-Forwarded-For` counts only when it comes from a trusted proxy */
  readonly remoteIp: string;
  readonly startedMs: number;
  /** path pattern of the route that answers, e.g. `/v1/calls/:call_id`: logs get this and never the address itself */
  route: string | null;
  principal: Principal;
}

const contexts = new WeakMap<Request, RequestContext>();

/** First in line: gives the request its id and finds out where it comes from. Express resolves trusted proxies (`trust proxy`). */
export function openContext(req: Request, res: Response, next: NextFunction): void {
  const context: RequestContext = {
    id: randomUUID(),
    remoteIp: addressOf(req),
    startedMs: performance.now(),
    route: null,
    principal: { kind: "anonymous" },
  };
  contexts.set(req, context);
  res.setHeader("X-Request-Id", context.id);
  next();
}

/** @throws Error when `openContext` has not run: a mistake in the order of the middleware */
export function contextOf(req: Request): RequestContext {
  const context = contexts.get(req);
  if (context === undefined) throw new Error("openContext must be the first middleware");
  return context;
}

/** True when the request comes over the loopback interface itself and through no proxy that says so. */
export function isFromThisMachine(req: Request): boolean {
  const wasForwarded = req.headers["x-forwarded-for"] !== undefined || req.headers["forwarded"] !== undefined || req.headers["x-real-ip"] !== undefined;
  return !wasForwarded && isLoopback(req.socket.remoteAddress ?? "");
}

/** @param address IP address, IPv4-mapped ones included */
export function isLoopback(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === "loopback";
}

const directAddresses = new WeakMap<Socket, string>();

/** Without a forwarding header the address is that of the connection, read once per connection; with one, Express asks whether its sender is trusted. */
function addressOf(req: Request): string {
  if (req.headers["x-forwarded-for"] !== undefined) return plainAddress(req.ip ?? "");
  let address = directAddresses.get(req.socket);
  if (address === undefined) directAddresses.set(req.socket, (address = plainAddress(req.socket.remoteAddress ?? "")));
  return address;
}

/** `::ffff:10.0.0.1` → `10.0.0.1`; what is no address (a closed socket) becomes `unknown`. */
function plainAddress(address: string): string {
  return ipaddr.isValid(address) ? ipaddr.process(address).toString() : "unknown";
}
