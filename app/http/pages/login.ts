// In with name and password, or with a one-time code; out again.
import { z } from "zod";
import { AppError, foldLogin } from "../../domain/index.ts";
import { renderLogin } from "../../ui/index.ts";
import { throwWhenBlocked } from "../auth.ts";
import { checkedQuery } from "../checked.ts";
import { field, passwordField, readForm } from "../form.ts";
import { frameOf } from "../frame.ts";
import { actorOf } from "../principal.ts";
import type { Exchange, Route } from "../route.ts";
import { refuseCrossOrigin, requireSameOrigin } from "../same-origin.ts";
import { endedCookie, mayLogIn, presentedToken, sessionCookie } from "../session-cookie.ts";
import { whenceOf } from "../whence.ts";
import { sendPage } from "./send-page.ts";

const formSchema = z.object({
  login: field(200).describe("login name, in any letters"),
  password: passwordField,
  code: field(200).describe("the one-time code, instead of name and password"),
  next: z.string().optional().describe("where to go afterwards, on this site"),
});
const query = z.object({ code: z.string().optional(), next: z.string().optional() });
const TARGET = "login";

export const loginRoutes: Route[] = [
  {
    method: "get", path: "/login", access: "public", isPage: true,
    docs: { id: "loginPage", summary: "Dashboard: the form for name and password, or for a one-time code; looking at it uses nothing up", query, answers: { 200: { description: "The page", media: "text/html" } }, problems: ["REQUEST_INVALID"] },
    handle(exchange) {
      const { code, next } = checkedQuery(query, exchange.req);
      sendLogin(exchange, { code: (code ?? "").slice(0, 128), next: ownAddress(next) });
    },
  },
  {
    method: "post", path: "/login", access: "public", isPage: true,
    docs: {
      id: "logIn", summary: "Dashboard: name and password, or a one-time code, become a login of 12 hours at most", body: { media: "application/x-www-form-urlencoded", schema: formSchema },
      answers: { 303: { description: "Logged in; the cookie is set" }, 401: { description: "Name or password is wrong; or the code is wrong, used or old", media: "text/html" } }, problems: ["FORBIDDEN", "TOO_LARGE", "REQUEST_MALFORMED", "REQUEST_INVALID"],
    },
    async handle(exchange) {
      const { req, parts } = exchange;
      requirePossible(exchange);
      throwWhenBlocked(parts.loginFailures, exchange.context.remoteIp, TARGET);
      const form = await readForm(req, formSchema);
      const next = ownAddress(form.next);
      if (form.code === "") await byPassword(exchange, form.login, form.password, next);
      else byCode(exchange, form.code, next);
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
        parts.appliance.audit({ actor: actorOf(context.principal, context.remoteIp), action: "login.ended", object: { kind: "login", id: context.principal.kind === "user" ? context.principal.login : null }, outcome: "ok", requestId: context.id });
      }
      res.set({ "Cache-Control": "no-store", "Set-Cookie": endedCookie(req) }).redirect(303, "/login");
    },
  },
];

/** @throws AppError FORBIDDEN for a form on another site, and where a login would travel readable through the network */
export function requirePossible({ req, parts }: Exchange): void {
  refuseCrossOrigin(req, parts.appliance.config.http.public_url);
  if (!mayLogIn(req)) throw new AppError("FORBIDDEN", "Logins need https; open the dashboard through your TLS proxy, or on the machine itself");
}

/** The browser's new session; the one that it brought ends. */
export function logIn({ req, res, parts }: Exchange, token: string, next: string): void {
  const old = presentedToken(req);
  if (old !== undefined) parts.appliance.store.access.endLogin(old);
  res.set({ "Cache-Control": "no-store", "Set-Cookie": sessionCookie(req, token) }).redirect(303, next);
}

/** Fires when the browser goes away, so that nothing waits for nobody. */
export function whenGone({ res }: Exchange): AbortSignal {
  const gone = new AbortController();
  res.once("close", () => gone.abort(new AppError("REQUEST_MALFORMED", "The browser went away")));
  return gone.signal;
}

/** A wrong name and a wrong password are one: the same words, the same time. */
async function byPassword(exchange: Exchange, login: string, password: string, next: string): Promise<void> {
  const { req, context, parts } = exchange;
  const { access, people } = parts.appliance.store;
  const attempt = await parts.loginLimit.begin(context.remoteIp, foldLogin(login) ?? login, whenGone(exchange));
  const person = await people.proven(login, password);
  if (person === undefined) {
    audited(exchange, { by: "password", outcome: "refused", object: { kind: "person", id: people.byLogin(login)?.id ?? null } });
    return refuse(exchange, { login, next, problem: "The login name or the password is wrong." });
  }
  attempt.succeeded();
  const { token, id } = access.startLogin(person.id, whenceOf(req));
  audited(exchange, { by: "password", outcome: "ok", object: { kind: "login", id }, personId: person.id });
  logIn(exchange, token, next);
}

function byCode(exchange: Exchange, code: string, next: string): void {
  const { req, context, parts } = exchange;
  const token = parts.appliance.store.access.redeemLoginCode(code, whenceOf(req));
  audited(exchange, { by: "code", outcome: token === undefined ? "refused" : "ok", object: { kind: "login", id: null } });
  if (token !== undefined) return logIn(exchange, token, next);
  parts.loginFailures.count(context.remoteIp, TARGET);
  refuse(exchange, { next, problem: "This code is wrong, was used before, or is older than 15 minutes. Ask for a new one." });
}

function refuse(exchange: Exchange, shown: Shown): void {
  exchange.res.setHeader("WWW-Authenticate", 'Bearer realm="earshot"');
  sendLogin(exchange, shown, 401);
}

interface Shown {
  login?: string;
  code?: string;
  next: string;
  problem?: string;
}

function sendLogin(exchange: Exchange, { login = "", code = "", next, problem }: Shown, status = 200): void {
  const isFirst = exchange.parts.appliance.store.people.count() === 0;
  sendPage(exchange, renderLogin({ frame: frameOf({ parts: exchange.parts }, null), login: login.slice(0, 64), code, next, problem: problem ?? null, isPossible: mayLogIn(exchange.req), isFirst }), status);
}

/** Only an address of this site, else the first page: nobody is sent elsewhere by a link to our login. */
function ownAddress(next: string | undefined): string {
  const isOwn = next !== undefined && next.length <= 500 && /^\/(?![/\\])[\x21-\x7e]*$/.test(next) && !next.includes("\\");
  return isOwn ? next : "/";
}

/** Every attempt, without what was typed: a name that nobody has may be a password in the wrong field. */
function audited({ context, parts }: Exchange, { by, outcome, object, personId }: { by: string; outcome: "ok" | "refused"; object: { kind: string; id: string | null }; personId?: string }): void {
  const actor = personId === undefined ? ({ kind: "anonymous", id: null, ip: context.remoteIp } as const) : ({ kind: "user", id: personId, ip: context.remoteIp } as const);
  parts.appliance.audit({ actor, action: "login.attempted", object, outcome, reason: by, requestId: context.id });
}
