// One's own account: what I see, where I am logged in, a new password.
import { z } from "zod";
import { AppError, toRfc3339 } from "../../domain/index.ts";
import type { Person } from "../../store/index.ts";
import { renderAccount, type Sight } from "../../ui/index.ts";
import { checkedQuery, pathPart } from "../checked.ts";
import { passwordField, readForm } from "../form.ts";
import { frameOf } from "../frame.ts";
import { actorOf, type Principal } from "../principal.ts";
import { NARROWED_READERS, type Exchange, type Route } from "../route.ts";
import { endedCookie, sessionCookie } from "../session-cookie.ts";
import { whenceOf } from "../whence.ts";
import { whenGone } from "./login.ts";
import { goTo, PAGE_ANSWERS, sendPage } from "./send-page.ts";
import { newPasswordProblem } from "./set-up.ts";

const DONE = { password: "The password was changed. All other logins have ended.", ended: "That login has ended." } as const;
const query = z.object({ done: z.enum(["password", "ended"]).optional() });
const formSchema = z.object({ current: passwordField, password: passwordField, again: passwordField });
const back = { 303: { description: "Back to the page" } };

export const accountPages: Route[] = [
  {
    method: "get", path: "/account", access: NARROWED_READERS, isPage: true,
    docs: { id: "accountPage", summary: "Dashboard: own account", query, answers: PAGE_ANSWERS, problems: ["REQUEST_INVALID", "NOT_FOUND"] },
    handle(exchange) {
      const { done } = checkedQuery(query, exchange.req);
      sendAccount(exchange, { done: done === undefined ? null : DONE[done] });
    },
  },
  {
    method: "post", path: "/account/password", access: NARROWED_READERS, isPage: true,
    docs: { id: "changePassword", summary: "Dashboard: a new password; every other login of the person ends", body: { media: "application/x-www-form-urlencoded", schema: formSchema }, answers: { ...back, 422: { description: "The present password is wrong, or the new one is not taken", media: "text/html" } }, problems: ["NOT_FOUND", "TOO_LARGE", "REQUEST_MALFORMED", "REQUEST_INVALID"] },
    async handle(exchange) {
      const { req, res, context, parts } = exchange;
      const person = own(exchange);
      const { current, password, again } = await readForm(req, formSchema);
      const problem = newPasswordProblem(password, again, person);
      if (problem !== undefined) return sendAccount(exchange, { problem });
      const attempt = await parts.loginLimit.begin(context.remoteIp, person.login, whenGone(exchange));
      const token = await parts.appliance.store.access.changePassword(person.id, current, password, whenceOf(req));
      audited(exchange, "password.changed", { kind: "person", id: person.id }, token === undefined ? "refused" : "ok");
      if (token === undefined) return sendAccount(exchange, { problem: "The present password is wrong." });
      attempt.succeeded();
      res.set({ "Cache-Control": "no-store", "Set-Cookie": sessionCookie(req, token) }).redirect(303, "/account?done=password");
    },
  },
  {
    method: "post", path: "/account/sessions/:id/end", access: NARROWED_READERS, isPage: true,
    docs: { id: "endSession", summary: "Dashboard: ends one of the own logins", answers: back, problems: ["NOT_FOUND"] },
    handle(exchange) {
      const id = pathPart(exchange.req, "id");
      if (!exchange.parts.appliance.store.access.endSession(own(exchange).id, id)) throw new AppError("NOT_FOUND", "There is no such login of yours; it may have ended already");
      audited(exchange, "login.ended", { kind: "login", id }, "ok");
      goTo(exchange, "/account?done=ended");
    },
  },
  {
    method: "post", path: "/account/sign-out", access: NARROWED_READERS, isPage: true,
    docs: { id: "signOutEverywhere", summary: "Dashboard: ends all own logins", answers: { 303: { description: "Logged out everywhere" } }, problems: ["NOT_FOUND"] },
    handle(exchange) {
      const { id } = own(exchange);
      const ended = exchange.parts.appliance.store.access.endSessionsOf(id);
      audited(exchange, "login.ended", { kind: "person", id }, "ok", `everywhere: ${ended}`);
      exchange.res.set({ "Cache-Control": "no-store", "Set-Cookie": endedCookie(exchange.req) }).redirect(303, "/login");
    },
  },
];

/** What somebody sees, with the agents of the team as they are now. */
export function sightOf({ parts }: Exchange, { sees, agentId, team }: Person): Sight {
  return { sees, agentId, team, teamAgents: team === null ? [] : parts.appliance.store.teams.agentsOf(team) };
}

/** @throws AppError NOT_FOUND for machines and for logins by a one-time code */
function own(exchange: Exchange): Person {
  const person = asker(exchange);
  if (person === undefined) throw new AppError("NOT_FOUND", "This key or one-time login belongs to nobody, so there is no account; log in with name and password");
  return person;
}

function asker({ context: { principal }, parts }: Exchange): Person | undefined {
  return isNamed(principal) ? parts.appliance.store.people.find(principal.id) : undefined;
}

function isNamed(principal: Principal): principal is Extract<Principal, { kind: "user" }> {
  return principal.kind === "user" && principal.name !== null;
}

function sendAccount(exchange: Exchange, { problem = null, done = null }: { problem?: string | null; done?: string | null }): void {
  const { principal } = exchange.context;
  const person = principal.kind === "user" ? (asker(exchange) ?? null) : own(exchange);
  const sessions = person === null ? [] : exchange.parts.appliance.store.access.sessionsOf(person.id);
  const html = renderAccount({
    frame: frameOf(exchange, null), problem, done,
    person: person && { name: person.name, login: person.login, role: person.role, sight: sightOf(exchange, person) },
    sessions: sessions.map(({ id, startedAtMs, seenAtMs, address, browser }) => ({ id, startedAt: toRfc3339(startedAtMs), seenAt: toRfc3339(seenAtMs), address, browser, isThis: principal.kind === "user" && principal.login === id })),
  });
  sendPage(exchange, html, problem === null ? 200 : 422);
}

function audited({ context, parts }: Exchange, action: string, object: { kind: string; id: string | null }, outcome: "ok" | "refused", reason?: string): void {
  parts.appliance.audit({ actor: actorOf(context.principal, context.remoteIp), action, object, outcome, ...(reason === undefined ? {} : { reason }), requestId: context.id });
}
