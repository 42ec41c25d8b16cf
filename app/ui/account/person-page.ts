// One account, for administrators: change it, reset it, end it; each says first what it does. Pure.
import { html, urlPart, type Html } from "../frame/html.ts";
import { page, type Frame } from "../frame/layout.ts";
import { countWords, ROLE_WORDS, sightWords, stateOfPerson } from "./access-words.ts";
import type { PersonRow } from "./people-page.ts";
import { personFields, type PersonFields, type TeamView } from "./person-form.ts";

export interface PersonView {
  frame: Frame;
  person: PersonRow;
  /** open ones */
  sessions: number;
  createdAt: Html;
  fields: PersonFields;
  teams: readonly TeamView[];
  problem: string | null;
  done: string | null;
}

export function renderPerson({ frame, person, sessions, createdAt, fields, teams, problem, done }: PersonView): string {
  const { name, role, sight } = person;
  const path = `/settings/people/${urlPart(person.id)}`;
  return page(
    frame,
    name,
    html`<header class="head"><div><p class="crumbs"><a href="/settings">Settings</a> / <a href="/settings/people">People</a></p><h1>${name} ${stateOfPerson(person.state)}</h1><p class="quiet">${ROLE_WORDS[role].name} · login name ${person.login} · added ${createdAt} · logged in on ${sessions === 0 ? "no browser" : countWords(sessions, "browser")}</p><p class="quiet">Sees now: ${sightWords(sight)}</p></div></header>
${problem !== null && html`<p class="notice bad" role="alert">${problem}</p>`}${done !== null && html`<p class="notice" role="status">${done}</p>`}
<div class="columns"><section class="card"><h2>Change</h2><form class="in fields" method="post" action="${path}">${personFields(fields, teams, false)}<p class="small quiet">Counts from the next page that ${name} opens; nobody has to log in again.</p><button class="primary">Save</button></form></section>
<div class="stack">${resetCard(person, sessions, path)}${person.state === "disabled" ? enableCard(name, path) : disableCard(person, sessions, path)}</div></div>`,
    { styles: ["account.css"] },
  );
}

function resetCard({ name, isMe, state }: PersonRow, sessions: number, path: string): Html {
  if (isMe) return html`<section class="card"><h2>New password</h2><p class="in">This is you: change your password under <a class="inline" href="/account">your account</a>.</p></section>`;
  const effect = state === "invited" ? "Links made before stop working." : `The present password stops working at once${sessions > 0 ? `, and ${countWords(sessions, "login")} of ${name} end${sessions === 1 ? "s" : ""}` : ""}.`;
  return html`<section class="card"><h2>New set-up link</h2><form class="in fields" method="post" action="${path}/reset"><p>${effect} ${name} chooses a new password with the link, within 24 hours.</p><button>Reset and show the link</button></form></section>`;
}

function disableCard({ name, isMe }: PersonRow, sessions: number, path: string): Html {
  return html`<section class="card"><h2>Disable</h2><form class="in fields" method="post" action="${path}/disable"><p>${isMe ? "You are" : `${name} is`} logged out everywhere at once${sessions > 0 ? ` (${countWords(sessions, "login")})` : ""} and cannot log in any more. What ${isMe ? "you" : name} did stays in the audit trail under this name; it can be undone here.</p><button>Disable ${name}</button></form></section>`;
}

function enableCard(name: string, path: string): Html {
  return html`<section class="card"><h2>Enable again</h2><form class="in fields" method="post" action="${path}/enable"><p>${name} may log in again, with the password and the rights from before.</p><button>Enable ${name}</button></form></section>`;
}
