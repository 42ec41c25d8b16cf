// The cookie of a dashboard login: which name, which attributes, when it may be set at all.
import type { Request } from "express";
import { SESSION_LIFE_MS } from "../store/index.ts";
import { isLoopback } from "./context.ts";

/** Over https: the prefix makes the browser refuse it from sub-domains and over plain http. */
const SECURE_NAME = "__Host-earshot";
/** On plain http over loopback a Secure cookie would never come back, so this one has neither prefix nor Secure. */
const LOOPBACK_NAME = "earshot";
/** As long as the store keeps a session; it may end one earlier. */
const MAX_AGE_S = SESSION_LIFE_MS / 1000;

/** Logins need https, or a browser on this machine (also through `ssh -L` or a published container port: the host is then a loopback name). */
export function mayLogIn(req: Request): boolean {
  return req.secure || isOverLoopback(req);
}

/** `Set-Cookie` for a new login. HttpOnly: no script reads it; SameSite=Strict: no other site makes the browser send it. */
export function sessionCookie(req: Request, token: string): string {
  return `${nameFor(req)}=${token}; Max-Age=${MAX_AGE_S}; ${attributesFor(req)}`;
}

/** `Set-Cookie` that takes the login back. */
export function endedCookie(req: Request): string {
  return `${nameFor(req)}=; Max-Age=0; ${attributesFor(req)}`;
}

/** @returns the token that the browser sent, undefined when there is none of a possible shape */
export function presentedToken(req: Request): string | undefined {
  const name = nameFor(req);
  for (const part of (req.headers.cookie ?? "").split(";")) {
    const at = part.indexOf("=");
    if (at > 0 && part.slice(0, at).trim() === name) {
      const value = part.slice(at + 1).trim();
      return /^[\w-]{16,128}$/.test(value) ? value : undefined;
    }
  }
  return undefined;
}

function nameFor(req: Request): string {
  return req.secure ? SECURE_NAME : LOOPBACK_NAME;
}

function attributesFor(req: Request): string {
  return `Path=/; HttpOnly; SameSite=Strict${req.secure ? "; Secure" : ""}`;
}

/** The connection itself, or the name that the browser typed: browsers treat both as trustworthy. */
function isOverLoopback(req: Request): boolean {
  const host = (req.hostname ?? "").replace(/^\[|\]$/g, "");
  return isLoopback(req.ip ?? "") || host === "localhost" || host.endsWith(".localhost") || isLoopback(host);
}
