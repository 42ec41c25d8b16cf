// In with a one-time code, out again.
import { z } from "zod";
import { AppError } from "../../domain/index.ts";
import { renderLogin } from "../../ui/index.ts";
import { throwWhenBlocked } from "../auth.ts";
import { readBody } from "../body.ts";
import { checkedQuery } from "../checked.ts";
import { frameOf } from "../frame.ts";
import { actorOf } from "../principal.ts";
import type { Exchange, Route } from "../route.ts";
import { refuseCrossOrigin, requireSameOrigin } from "../same-origin.ts";
import { endedCookie, mayLogIn, presentedToken, sessionCookie } from "../session-cookie.ts";
import { sendPage } from "./send-page.ts";

const formSchema = z.object({ code: z.string().describe("the one-time code"), next: z.string().optional().describe("where to go afterwards, on this site") });
const query = formSchema.partial();
/** A code has 43 characters, `next` at most 500. */
const MAX_FORM_BYTES = 8 * 1024;
const TARGET = "login";

export const loginRoutes: Route[] = [
  {
    method: "get", path: "/login", access: "public", isPage: true,
    docs: { id: "loginPage", summary: "Dashboard: the form for a one-time code; looking at it uses nothing up", query, answers: { 200: { description: "The page", media: "text/html" } }, problems: ["REQUEST_INVALID"] },
    handle(exchange) {
      const { code, next } = checkedQuery(query, exchange.req);
      sendLogin(exchange, (code ?? "").slice(0, 128), ownAddress(next), null, 200);
    },
  },
  {
    method: "post", path: "/login", access: "public", isPage: true,
    docs: {
      id: "logIn", summary: "Dashboard: a one-time code becomes a login of 12 hours", body: { media: "application/x-www-form-urlencoded", schema: formSchema },
      answers: { 303: { description: "Logged in; the cookie is set" }, 401: { description: "The code is wrong, used or old", media: "text/html" } }, problems: ["FORBIDDEN", "TOO_LARGE", "REQUEST_MALFORMED"],
    },
    async handle(exchange) {
      const { req, res, context, parts } = exchange;
      refuseCrossOrigin(req, parts.appliance.config.http.public_url);
      if (!mayLogIn(req)) throw new AppError("FORBIDDEN", "Logins need https; open the dashboard through your TLS proxy, or on the machine itself");
      throwWhenBlocked(parts.loginFailures, context.remoteIp, TARGET);
      const form = new URLSearchParams((await readBody(req, MAX_FORM_BYTES)).toString("utf8"));
      const next = ownAddress(form.get("next") ?? undefined);
      const token = parts.appliance.store.access.redeemLoginCode((form.get("code") ?? "").trim());
      audited(exchange, token === undefined ? "refused" : "ok");
      if (token !== undefined) return void res.set({ "Cache-Control": "no-store", "Set-Cookie": sessionCookie(req, token) }).redirect(303, next);
      parts.loginFailures.count(context.remoteIp, TARGET);
      res.setHeader("WWW-Authenticate", 'Bearer realm="earshot"');
      sendLogin(exchange, "", next, "This code is wrong, was used before, or is older than 15 minutes. Ask for a new one.", 401);
    },
  },
  {
    method: "post", path: "/logout", access: "public", isPage: true,
    docs: { id: "logOut", summary: "Dashboard: ends the login", answers: { 303: { description: "Logged out; the cookie is gone" } }, problems: ["FORBIDDEN"] },
    handle({ req, res, context, parts }) {
      const token = presentedToken(req);
      if (token !== undefined) {
        requireSameOrigin(req, parts.appliance.config.http.public_url);
        parts.appliance.store.access.endLogin(token);
        parts.appliance.audit({ actor: actorOf(context.principal, context.remoteIp), action: "login.ended", object: { kind: "login", id: context.principal.kind === "user" ? context.principal.id : null }, outcome: "ok", requestId: context.id });
      }
      res.set({ "Cache-Control": "no-store", "Set-Cookie": endedCookie(req) }).redirect(303, "/login");
    },
  },
];

function sendLogin(exchange: Exchange, code: string, next: string, problem: string | null, status: number): void {
  sendPage(exchange, renderLogin({ frame: frameOf({ parts: exchange.parts }, null), code, next, problem, isPossible: mayLogIn(exchange.req) }), status);
}

/** Only an address of this site, else the first page: nobody is sent elsewhere by a link to our login. */
function ownAddress(next: string | undefined): string {
  const isOwn = next !== undefined && next.length <= 500 && /^\/(?![/\\])[\x21-\x7e]*$/.test(next) && !next.includes("\\");
  return isOwn ? next : "/";
}

function audited({ context, parts }: Exchange, outcome: "ok" | "refused"): void {
  parts.appliance.audit({ actor: { kind: "anonymous", id: null, ip: context.remoteIp }, action: "login.attempted", object: { kind: "login", id: null }, outcome, requestId: context.id });
}
