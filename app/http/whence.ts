// From where somebody logs in, in words that this person will recognise in the list of own sessions.
import type { Request } from "express";
import type { Whence } from "../store/index.ts";
import { contextOf } from "./context.ts";

export function whenceOf(req: Request): Whence {
  return { address: contextOf(req).remoteIp, browser: browserWords(req.headers["user-agent"]) };
}

/** `Firefox on Windows`; null when neither is known. Whoever invents a header is told its own invention, so nothing of it is kept. Pure. */
export function browserWords(userAgent: string | undefined): string | null {
  const has = (pattern: RegExp): boolean => pattern.test(userAgent ?? "");
  const browser = has(/\bEdgA?\//) ? "Edge" : has(/\bOPR\//) ? "Opera" : has(/\bFirefox\//) ? "Firefox" : has(/\b(Headless)?Chrom(e|ium)\//) ? "Chrome" : has(/\bSafari\//) ? "Safari" : null;
  const system = has(/\bAndroid\b/) ? "Android" : has(/\b(iPhone|iPad)\b/) ? "iOS" : has(/\bWindows\b/) ? "Windows" : has(/\bMac OS X\b/) ? "macOS" : has(/\bLinux\b/) ? "Linux" : null;
  return browser === null ? null : system === null ? browser : `${browser} on ${system}`;
}
