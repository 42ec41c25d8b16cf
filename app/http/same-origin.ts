// Cross-site request forgery: a cookie alone never changes anything; the browser must say that our own page sends the request.
import type { Request } from "express";
import { AppError } from "../domain/index.ts";

/**
 * For requests that change something on the strength of a cookie. Browsers send `Sec-Fetch-Site`; older ones send `Origin` with every POST.
 * @param publicUrl `http.public_url`: our own origin when a proxy rewrites the host
 * @throws AppError FORBIDDEN when neither header proves our own page
 */
export function requireSameOrigin(req: Request, publicUrl: string | undefined): void {
  if (!provesSameOrigin(req, publicUrl)) throw new AppError("FORBIDDEN", "This request does not come from a page of Earshot; open the dashboard and try again there, or use an API key");
}

/** Refuses only what a browser says comes from elsewhere: for the login form, where there is no cookie yet that could be abused. */
export function refuseCrossOrigin(req: Request, publicUrl: string | undefined): void {
  const isSilent = req.headers["sec-fetch-site"] === undefined && req.headers.origin === undefined;
  if (!isSilent) requireSameOrigin(req, publicUrl);
}

function provesSameOrigin(req: Request, publicUrl: string | undefined): boolean {
  const site = req.headers["sec-fetch-site"];
  if (site !== undefined) return site === "same-origin";
  const origin = req.headers.origin;
  if (origin === undefined || !URL.canParse(origin)) return false;
  const { host } = new URL(origin);
  return host === req.host || (publicUrl !== undefined && host === new URL(publicUrl).host);
}
