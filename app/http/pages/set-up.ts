// A set-up code becomes a password, and the first login with it.
import { z } from "zod";
import { passwordProblem } from "../../domain/index.ts";
import { renderSetUp } from "../../ui/index.ts";
import { throwWhenBlocked } from "../auth.ts";
import { checkedQuery } from "../checked.ts";
import { field, passwordField, readForm } from "../form.ts";
import { frameOf } from "../frame.ts";
import type { Exchange, Route } from "../route.ts";
import { mayLogIn } from "../session-cookie.ts";
import { whenceOf } from "../whence.ts";
import { logIn, requirePossible } from "./login.ts";
import { sendPage } from "./send-page.ts";

const query = z.object({ code: z.string().optional() });
const formSchema = z.object({ code: field(200), password: passwordField, again: passwordField });
const TARGET = "set-up";

export const setUpRoutes: Route[] = [
  {
    method: "get", path: "/set-up", access: "public", isPage: true,
    docs: { id: "setUpPage", summary: "Dashboard: the form with which somebody new chooses a password; looking at it uses nothing up", query, answers: { 200: { description: "The page", media: "text/html" } }, problems: ["REQUEST_INVALID"] },
    handle: (exchange) => sendForm(exchange, checkedQuery(query, exchange.req).code?.slice(0, 200) ?? "", null, 200),
  },
  {
    method: "post", path: "/set-up", access: "public", isPage: true,
    docs: {
      id: "setUp", summary: "Dashboard: the code becomes a password and a login", body: { media: "application/x-www-form-urlencoded", schema: formSchema },
      answers: { 303: { description: "Logged in; the cookie is set" }, 401: { description: "The code is wrong, used or old", media: "text/html" }, 422: { description: "The password is not taken; the code still works", media: "text/html" } }, problems: ["FORBIDDEN", "TOO_LARGE", "REQUEST_MALFORMED", "REQUEST_INVALID"],
    },
    async handle(exchange) {
      const { req, context, parts } = exchange;
      requirePossible(exchange);
      throwWhenBlocked(parts.loginFailures, context.remoteIp, TARGET);
      const { code, password, again } = await readForm(req, formSchema);
      const person = personOf(exchange, code);
      const problem = person && newPasswordProblem(password, again, person);
      if (problem !== undefined) return sendForm(exchange, code, problem, 422);
      const made = await parts.appliance.store.access.setUp(code, password, whenceOf(req));
      const actor = made === undefined ? ({ kind: "anonymous", id: null } as const) : ({ kind: "user", id: made.personId } as const);
      parts.appliance.audit({ actor: { ...actor, ip: context.remoteIp }, action: "person.set_up", object: { kind: "person", id: made?.personId ?? null }, outcome: made === undefined ? "refused" : "ok", requestId: context.id });
      if (made !== undefined) return logIn(exchange, made.token, "/");
      parts.loginFailures.count(context.remoteIp, TARGET);
      sendForm(exchange, code, null, 401);
    },
  },
];

/** @returns why these two fields do not make a new password of this person, as a sentence */
export function newPasswordProblem(password: string, again: string, { name, login }: { name: string; login: string }): string | undefined {
  return passwordProblem(password, [login, name]) ?? (password === again ? undefined : "The two passwords are not the same. Type the new one twice.");
}

function personOf({ parts }: Exchange, code: string): { name: string; login: string } | undefined {
  const { access, people } = parts.appliance.store;
  const id = access.invited(code);
  return id === undefined ? undefined : people.find(id);
}

function sendForm(exchange: Exchange, code: string, problem: string | null, status: number): void {
  sendPage(exchange, renderSetUp({ frame: frameOf({ parts: exchange.parts }, null), code, person: personOf(exchange, code) ?? null, problem, isPossible: mayLogIn(exchange.req) }), status);
}
