// Everybody who may log in, and the teams whose contacts they see. For administrators. Pure.
import type { PersonRole, PersonState } from "../../domain/index.ts";
import { html, urlPart, type Html } from "../frame/html.ts";
import { page, type Frame } from "../frame/layout.ts";
import { settingsTabs } from "../settings/settings-frame.ts";
import { agentsWords, countWords, ROLE_WORDS, sightWords, stateOfPerson, type Sight } from "./access-words.ts";
import { personFields, type PersonFields, type TeamView } from "./person-form.ts";

export interface PersonRow {
  id: string;
  name: string;
  login: string;
  role: PersonRole;
  state: PersonState;
  sight: Sight;
  /** the asker */
  isMe: boolean;
}

export interface PeopleView {
  frame: Frame;
  people: readonly PersonRow[];
  teams: readonly TeamView[];
  /** what was typed into the form, when it was refused */
  fields: PersonFields;
  problem: string | null;
  done: string | null;
}

export function renderPeople({ frame, people, teams, fields, problem, done }: PeopleView): string {
  return page(
    frame,
    "People",
    html`<header class="head"><div><h1>People</h1><p class="quiet">Who may log in, what each may do, and whose contacts each sees.</p></div></header><div class="under-tabs">${settingsTabs(frame, "people")}</div>
${problem !== null && html`<p class="notice bad" role="alert">${problem}</p>`}${done !== null && html`<p class="notice" role="status">${done}</p>`}
<div class="columns"><div class="stack">${people.length === 0 ? nobody() : html`<section class="card"><h2>Accounts <span class="quiet">${people.length}</span></h2><ul class="rows">${people.map(personRow)}</ul></section>`}
<section class="card" id="teams"><h2>Teams <span class="quiet">${teams.length}</span></h2>${teams.length === 0 && html`<p class="in quiet">A team is a name and the ids of its agents at the telephone system. Make one, and supervisors can be given its contacts instead of the whole house.</p>`}<ul class="rows">${teams.map(teamRow)}</ul>${teamForm()}</section></div>
<section class="card" id="add"><h2>Add somebody</h2><form class="in fields" method="post" action="/settings/people">${personFields(fields, teams, true)}<p class="small quiet">You get a link, shown once. With it this person chooses a password within 24 hours.</p><button class="primary">Add and show the link</button></form></section></div>`,
    { styles: ["account.css"] },
  );
}

export interface SetUpLinkView {
  frame: Frame;
  person: { id: string; name: string; login: string };
  /** the secret: on this page, once, and nowhere else */
  link: string;
  validUntil: Html;
}

/** The link with which somebody chooses a password: shown once. */
export function renderSetUpLink({ frame, person, link, validUntil }: SetUpLinkView): string {
  return page(
    frame,
    "Set-up link",
    html`<header class="head"><div><p class="crumbs"><a href="/settings">Settings</a> / <a href="/settings/people">People</a></p><h1>The set-up link of ${person.name}</h1></div></header>
<section class="card secret"><div class="in"><p>Give it to ${person.name} by a way that only ${person.name} reads. It works once, until ${validUntil}. Earshot does not show it again.</p><pre tabindex="0"><code>${link}</code></pre><p class="small quiet">The login name is <b>${person.login}</b>. Lost? Make a new link on <a class="inline" href="/settings/people/${urlPart(person.id)}">the account's page</a>; this one then stops working.</p></div></section>
<p class="done"><a class="button" href="/settings/people">Done</a></p>`,
    { styles: ["account.css"] },
  );
}

function nobody(): Html {
  return html`<section class="card"><h2>Accounts</h2><p class="in quiet">Nobody has an account yet. Begin with yourself, as administrator: you are here by a one-time code, which ends today.</p></section>`;
}

function personRow({ id, name, login, role, state, sight, isMe }: PersonRow): Html {
  return html`<li><div><p><a class="strong whole" href="/settings/people/${urlPart(id)}">${name}</a>${isMe && html` <span class="small quiet">you</span>`}</p><p class="small quiet">${login}</p></div><div class="small"><p>${ROLE_WORDS[role].name}</p><p class="quiet">${sightWords(sight)}</p></div>${stateOfPerson(state)}</li>`;
}

function teamRow({ name, agentIds, members }: TeamView): Html {
  const field = `agents-${name}`;
  return html`<li class="team"><form class="fields" method="post" action="/settings/teams"><input type="hidden" name="name" value="${name}"><label for="${field}"><b>${name}</b> <span class="quiet">${agentsWords(agentIds)}; ${members === 0 ? "nobody sees it yet" : `seen by ${countWords(members, "person or key", "people and keys")}`}</span></label><div class="line"><input id="${field}" name="agents" value="${agentIds.join(", ")}" autocomplete="off" spellcheck="false"><button class="small">Save</button></div></form>${members === 0 && html`<form method="post" action="/settings/teams/remove"><input type="hidden" name="name" value="${name}"><button class="link tiny">Remove the team ${name}</button></form>`}</li>`;
}

function teamForm(): Html {
  return html`<form class="in fields" method="post" action="/settings/teams"><div class="pair"><p><label for="team-name">New team</label><input id="team-name" name="name" required maxlength="60" autocomplete="off"></p><p><label for="team-agents">Ids of its agents</label><input id="team-agents" name="agents" placeholder="201, 202" autocomplete="off" spellcheck="false"></p></div><p class="small quiet">Whoever sees this team sees these agents' contacts at once, also older ones.</p><button>Make the team</button></form>`;
}
