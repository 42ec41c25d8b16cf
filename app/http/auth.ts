// Who is this, and may they? Denied by default: a route answers only the roles that its line in the table names.
import type { Request, Response } from "express";
import { AppError, type Role } from "../domain/index.ts";
import type { Store } from "../store/index.ts";
import { contextOf, isFromThisMachine } from "./context.ts";
import type { FailureLimit } from "./failure-limit.ts";
import { actorOf, type Principal } from "./principal.ts";
import { requireSameOrigin } from "./same-origin.ts";
import { presentedToken } from "./session-cookie.ts";

/**
 * `narrowed`: the route shows each asker only what is in its scope; every other one refuses whoever is bound to some agents.
 * `public`: everybody. `source`: the route checks the signature of the telephone system itself.
 * `local_or`: these roles, and whoever is on this machine without a key (Prometheus beside Earshot).
 */
export type Access = "public" | "source" | { roles: readonly Role[]; narrowed?: true } | { local_or: readonly Role[] };

export interface Guard {
  /** Sets `context.principal`. @throws AppError UNAUTHENTICATED, FORBIDDEN, TOO_MANY_REQUESTS */
  admit(req: Request, res: Response, access: Access): void;
  /** Whether this request would still be admitted now, and see the same: long answers ask again, since logins end and teams change. */
  isStillAdmitted(req: Request, access: Access): boolean;
}

interface GuardParts {
  store: Store;
  failures: FailureLimit;
  publicUrl: string | undefined;
}

/** A page that keeps itself fresh says so: nobody sits there for sure, and the login must not last longer for it. */
const REFRESH_HEADER = "x-earshot-refresh";
/** Failures to prove a key count against this target. */
const KEY_TARGET = "key";

export function createGuard({ store, failures, publicUrl }: GuardParts): Guard {
  /** A presented key decides alone; without one, the cookie of a login. */
  const identify = (req: Request, isUse = true): Principal | "wrong" => {
    const header = req.headers.authorization;
    if (header !== undefined) {
      const key = /^Bearer +([\w.~+/=-]{1,256})$/i.exec(header)?.[1];
      const record = key === undefined ? undefined : store.access.findKey(key);
      return record === undefined ? "wrong" : { kind: "key", id: record.id, role: record.role, ...boundTo(record.agentIds) };
    }
    const token = presentedToken(req);
    const login = token === undefined ? undefined : store.access.findLogin(token, isUse && req.headers[REFRESH_HEADER] === undefined);
    if (login === undefined || token === undefined) return { kind: "anonymous" };
    return { kind: "user", id: login.person?.id ?? login.id, role: login.role, token, login: login.id, name: login.person?.name ?? null, ...boundTo(login.agentIds) };
  };

  const refuse = (req: Request, principal: Principal, code: "UNAUTHENTICATED" | "FORBIDDEN", message: string): AppError => {
    const context = contextOf(req);
    store.audit.append({ actor: actorOf(principal, context.remoteIp), action: "access.refused", object: { kind: "route", id: context.route }, outcome: "refused", reason: code, requestId: context.id });
    return new AppError(code, message);
  };

  const wrongKey = (req: Request, res: Response): AppError => {
    const { remoteIp } = contextOf(req);
    failures.count(remoteIp, KEY_TARGET);
    res.setHeader("WWW-Authenticate", 'Bearer realm="earshot", error="invalid_token"');
    return refuse(req, { kind: "anonymous" }, "UNAUTHENTICATED", "This key is not known; make one with: earshot key create");
  };

  return {
    admit(req, res, access) {
      if (access === "source") return;
      const context = contextOf(req);
      if (access === "public") {
        const who = identify(req);
        if (who !== "wrong") context.principal = who;
        return;
      }
      if (req.headers.authorization !== undefined) throwWhenBlocked(failures, context.remoteIp, KEY_TARGET);
      const who = identify(req);
      if (who === "wrong") throw wrongKey(req, res);
      if ("local_or" in access && who.kind === "anonymous" && isFromThisMachine(req)) return;
      // Nobody known is no attempt to guess, and browsers whose login ended come here all day: not counted, not audited.
      if (who.kind === "anonymous") throw new AppError("UNAUTHENTICATED", "Send an API key (Authorization: Bearer …) or log in");
      if (!rolesOf(access).includes(who.role)) throw refuse(req, who, "FORBIDDEN", `The role ${who.role} may not do that; ask an administrator if you need it`);
      if (who.agentIds !== undefined && !isNarrowed(access)) throw refuse(req, who, "FORBIDDEN", "This shows the whole house, and you see the contacts of some agents only; ask an administrator for more");
      if (who.kind === "user" && req.method !== "GET" && req.method !== "HEAD") requireSameOrigin(req, publicUrl);
      context.principal = who;
    },
    isStillAdmitted(req, access) {
      const who = identify(req, false);
      if (typeof access !== "object" || who === "wrong" || who.kind === "anonymous" || !rolesOf(access).includes(who.role)) return false;
      if (who.agentIds !== undefined && !isNarrowed(access)) return false;
      const { principal } = contextOf(req); // another team now: what goes on was begun for the old one
      return principal.kind !== "anonymous" && String(principal.agentIds) === String(who.agentIds);
    },
  };
}

/** @throws AppError TOO_MANY_REQUESTS with the time to wait */
export function throwWhenBlocked(failures: FailureLimit, address: string, target: string): void {
  const waitMs = failures.blockedForMs(address, target);
  if (waitMs > 0) throw new AppError("TOO_MANY_REQUESTS", "Too many failed attempts from this address; wait, then try again with the right secret", { details: { retryAfterSeconds: Math.ceil(waitMs / 1000) } });
}

function boundTo(agentIds: readonly string[] | undefined): { agentIds?: readonly string[] } {
  return agentIds === undefined ? {} : { agentIds };
}

function isNarrowed(access: Access): boolean {
  return typeof access === "object" && "narrowed" in access;
}

function rolesOf(access: Exclude<Access, "public" | "source">): readonly Role[] {
  return "roles" in access ? access.roles : access.local_or;
}
