// Settings, People: who may log in, what each sees, and the teams. For administrators.
import { z } from "zod";
import { AppError, PERSON_ROLES, SEES, toRfc3339, type StandingWish } from "../../domain/index.ts";
import { SET_UP_LIFE_MS, type Person } from "../../store/index.ts";
import { createTimes, EMPTY_FIELDS, renderPeople, renderPerson, renderSetUpLink, urlPart, type Html, type PersonFields, type PersonRow } from "../../ui/index.ts";
import { checked, checkedQuery, pathPart } from "../checked.ts";
import { field, readForm } from "../form.ts";
import { frameOf } from "../frame.ts";
import { actorOf } from "../principal.ts";
import type { Exchange, Route } from "../route.ts";
import { sightOf } from "./accounts.ts";
import { goTo, PAGE_ANSWERS, sendPage } from "./send-page.ts";

const ADMINS = { roles: ["admin"] } as const;
const DONE = { saved: "Saved. It counts from now on.", disabled: "Disabled: logged out everywhere, and no login works any more.", enabled: "Enabled again.", team: "The team was saved; whoever sees it sees its agents' contacts now.", removed: "The team was removed." } as const;
const query = z.object({ done: z.enum(["saved", "disabled", "enabled", "team", "removed"]).optional() });
const personForm = z.object({ name: field(80), login: field(64), role: field(20), sees: field(10), agent: field(100), team: field(60) });
const personSchema = z.object({ name: z.string().min(1, "expected a name"), role: z.enum(PERSON_ROLES as ["admin"]), sees: z.enum(SEES) });
const teamForm = z.object({ name: field(60), agents: field(4000) });
const teamSchema = z.object({ name: z.string().regex(/^[\p{L}\p{N}][\p{L}\p{N}\p{M} ._&/-]*$/u, "expected letters, digits and . _ & / -"), agents: z.array(z.string().max(100)).max(500, "expected at most 500 agents") });
const back = { 303: { description: "Back to the page" } };
const FORM = "application/x-www-form-urlencoded";

export const peoplePages: Route[] = [
  {
    method: "get", path: "/settings/people", access: ADMINS, isPage: true,
    docs: { id: "peoplePage", summary: "Dashboard: people and teams", query, answers: PAGE_ANSWERS, problems: ["REQUEST_INVALID"] },
    handle: (exchange) => sendPeople(exchange, {}),
  },
  {
    method: "post", path: "/settings/people", access: ADMINS, isPage: true,
    docs: { id: "addPerson", summary: "Dashboard: adds somebody; the answer shows the set-up link, once", body: { media: FORM, schema: personForm }, answers: { 200: { description: "The set-up link", media: "text/html" }, 409: { description: "The login name is taken", media: "text/html" }, 422: { description: "The form, with what is wrong", media: "text/html" } }, problems: ["TOO_LARGE", "REQUEST_MALFORMED"] },
    async handle(exchange) {
      const fields = await readForm(exchange.req, personForm);
      refilled((problem, status) => sendPeople(exchange, { fields, problem }, status), () => {
        const person = exchange.parts.appliance.store.people.add({ ...wishOf(fields), login: fields.login });
        audited(exchange, "person.added", person.id, standingWords(person));
        sendLink(exchange, person);
      });
    },
  },
  {
    method: "get", path: "/settings/people/:id", access: ADMINS, isPage: true,
    docs: { id: "personPage", summary: "Dashboard: one account", query, answers: PAGE_ANSWERS, problems: ["REQUEST_INVALID", "NOT_FOUND"] },
    handle: (exchange) => sendPerson(exchange, {}),
  },
  {
    method: "post", path: "/settings/people/:id", access: ADMINS, isPage: true,
    docs: { id: "changePerson", summary: "Dashboard: changes name, role and what somebody sees", body: { media: FORM, schema: personForm }, answers: { ...back, 422: { description: "The form, with what is wrong", media: "text/html" } }, problems: ["NOT_FOUND", "CONFLICT", "TOO_LARGE", "REQUEST_MALFORMED"] },
    async handle(exchange) {
      const { id } = personOf(exchange);
      const fields = await readForm(exchange.req, personForm);
      refilled((problem, status) => sendPerson(exchange, { fields, problem }, status), () => {
        audited(exchange, "person.changed", id, standingWords(exchange.parts.appliance.store.people.change(id, wishOf(fields))));
        goTo(exchange, `/settings/people/${urlPart(id)}?done=saved`);
      });
    },
  },
  {
    method: "post", path: "/settings/people/:id/reset", access: ADMINS, isPage: true,
    docs: { id: "resetPerson", summary: "Dashboard: takes the password away, ends all logins, and shows a new set-up link, once", answers: { 200: { description: "The set-up link", media: "text/html" } }, problems: ["NOT_FOUND", "CONFLICT"] },
    handle(exchange) {
      const person = personOf(exchange);
      if (isMe(exchange, person)) throw new AppError("CONFLICT", "This is your own account; change the password under /account");
      audited(exchange, "person.reset", person.id);
      sendLink(exchange, person);
    },
  },
  {
    method: "post", path: "/settings/people/:id/disable", access: ADMINS, isPage: true,
    docs: { id: "disablePerson", summary: "Dashboard: somebody may not log in any more", answers: back, problems: ["NOT_FOUND", "CONFLICT"] },
    handle(exchange) {
      const { id } = exchange.parts.appliance.store.people.disable(personOf(exchange).id);
      audited(exchange, "person.disabled", id);
      goTo(exchange, `/settings/people/${urlPart(id)}?done=disabled`);
    },
  },
  {
    method: "post", path: "/settings/people/:id/enable", access: ADMINS, isPage: true,
    docs: { id: "enablePerson", summary: "Dashboard: somebody may log in again", answers: back, problems: ["NOT_FOUND"] },
    handle(exchange) {
      const { id } = exchange.parts.appliance.store.people.enable(personOf(exchange).id);
      audited(exchange, "person.enabled", id);
      goTo(exchange, `/settings/people/${urlPart(id)}?done=enabled`);
    },
  },
  {
    method: "post", path: "/settings/teams", access: ADMINS, isPage: true,
    docs: { id: "saveTeam", summary: "Dashboard: makes a team, or replaces its agents", body: { media: FORM, schema: teamForm }, answers: { ...back, 422: { description: "The page, with what is wrong", media: "text/html" } }, problems: ["TOO_LARGE", "REQUEST_MALFORMED"] },
    async handle(exchange) {
      const form = await readForm(exchange.req, teamForm);
      refilled((problem, status) => sendPeople(exchange, { problem }, status), () => {
        const { name, agents } = checked(teamSchema, { name: form.name, agents: form.agents.split(/[,;\s]+/).filter((id) => id !== "") }, "team");
        audited(exchange, "team.saved", name, `${exchange.parts.appliance.store.teams.save(name, agents).agentIds.length} agents`, "team");
        goTo(exchange, "/settings/people?done=team#teams");
      });
    },
  },
  {
    method: "post", path: "/settings/teams/remove", access: ADMINS, isPage: true,
    docs: { id: "removeTeam", summary: "Dashboard: removes a team that nobody sees", body: { media: FORM, schema: teamForm.pick({ name: true }) }, answers: back, problems: ["NOT_FOUND", "CONFLICT", "TOO_LARGE", "REQUEST_MALFORMED"] },
    async handle(exchange) {
      const { name } = await readForm(exchange.req, teamForm.pick({ name: true }));
      exchange.parts.appliance.store.teams.remove(name);
      audited(exchange, "team.removed", name, undefined, "team");
      goTo(exchange, "/settings/people?done=removed#teams");
    },
  },
];

/** What was typed is shown again with what is wrong, for everything that the person can put right there. */
function refilled(again: (problem: string, status: number) => void, act: () => void): void {
  try {
    act();
  } catch (thrown) {
    if (!(thrown instanceof AppError) || (thrown.code !== "REQUEST_INVALID" && thrown.code !== "CONFLICT")) throw thrown;
    again(`${thrown.message.charAt(0).toUpperCase()}${thrown.message.slice(1)}.`, thrown.status);
  }
}

/** An administrator sees everything, whatever else is chosen. */
function wishOf(fields: PersonFields): StandingWish & { name: string } {
  const { name, role, sees } = checked(personSchema, fields, "form");
  return { name, role, sees: role === "admin" ? undefined : sees, agentId: fields.agent === "" ? null : fields.agent, team: fields.team === "" ? null : fields.team };
}

function personOf({ req, parts }: Exchange): Person {
  const person = parts.appliance.store.people.find(pathPart(req, "id"));
  if (person === undefined) throw new AppError("NOT_FOUND", "There is no such person; /settings/people lists everybody");
  return person;
}

/** The secret goes to this page and nowhere else. */
function sendLink(exchange: Exchange, person: Person): void {
  const { config, store, clock } = exchange.parts.appliance;
  const base = config.http.public_url?.replace(/\/$/, "") ?? `${exchange.req.protocol}://${exchange.req.host}`;
  const link = `${base}/set-up?code=${store.access.invite(person.id)}`;
  sendPage(exchange, renderSetUpLink({ frame: frameOf(exchange, "settings"), person, link, validUntil: moment(exchange, clock.now() + SET_UP_LIFE_MS) }));
}

interface Shown {
  fields?: PersonFields;
  problem?: string;
}

function sendPeople(exchange: Exchange, { fields = EMPTY_FIELDS, problem }: Shown, status = 200): void {
  const { people, teams } = exchange.parts.appliance.store;
  sendPage(exchange, renderPeople({ frame: frameOf(exchange, "settings"), people: people.list().map((person) => rowOf(exchange, person)), teams: teams.list(), fields, problem: problem ?? null, done: done(exchange, problem) }), status);
}

function sendPerson(exchange: Exchange, { fields, problem }: Shown, status = 200): void {
  const person = personOf(exchange);
  const { access, teams } = exchange.parts.appliance.store;
  const present = { name: person.name, login: person.login, role: person.role, sees: person.sees, agent: person.agentId ?? "", team: person.team ?? "" };
  sendPage(exchange, renderPerson({ frame: frameOf(exchange, "settings"), person: rowOf(exchange, person), sessions: access.sessionsOf(person.id).length, createdAt: moment(exchange, person.createdAtMs), fields: fields ?? present, teams: teams.list(), problem: problem ?? null, done: done(exchange, problem) }), status);
}

function rowOf(exchange: Exchange, person: Person): PersonRow {
  const { id, name, login, role, state } = person;
  return { id, name, login, role, state, sight: sightOf(exchange, person), isMe: isMe(exchange, person) };
}

function isMe({ context: { principal } }: Exchange, { id }: Person): boolean {
  return principal.kind === "user" && principal.id === id;
}

function done({ req }: Exchange, problem: string | undefined): string | null {
  const { done: what } = req.method === "GET" ? checkedQuery(query, req) : {};
  return what === undefined || problem !== undefined ? null : DONE[what];
}

function moment({ parts }: Exchange, atMs: number): Html {
  return createTimes(parts.appliance.config.site.timezone).moment(toRfc3339(atMs));
}

/** Roles and numbers, never names. */
function standingWords({ role, sees, agentId }: Person): string {
  return `${role}, sees ${sees}${agentId === null ? "" : `, agent ${agentId}`}`;
}

function audited({ context, parts }: Exchange, action: string, id: string, reason?: string, kind: "person" | "team" = "person"): void {
  parts.appliance.audit({ actor: actorOf(context.principal, context.remoteIp), action, object: { kind, id }, outcome: "ok", ...(reason === undefined ? {} : { reason }), requestId: context.id });
}
