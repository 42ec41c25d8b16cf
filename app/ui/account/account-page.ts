// One's own account: who I am here, what I see, where I am logged in, a new password. Pure.
import { html, urlPart, type Html } from "../frame/html.ts";
import { page, type Frame } from "../frame/layout.ts";
import { createTimes, type Times } from "../frame/times.ts";
import { ROLE_WORDS, sightWords, type Sight } from "./access-words.ts";
import { newPasswordFields } from "./set-up-page.ts";
import type { PersonRole } from "../../domain/index.ts";

export interface OwnSession {
  id: string;
  startedAt: string;
  seenAt: string;
  address: string | null;
  browser: string | null;
  isThis: boolean;
}

export interface AccountView {
  frame: Frame;
  /** null for a login by a one-time code, which belongs to nobody */
  person: { name: string; login: string; role: PersonRole; sight: Sight } | null;
  sessions: readonly OwnSession[];
  problem: string | null;
  /** what has just been done */
  done: string | null;
}

export function renderAccount({ frame, person, sessions, problem, done }: AccountView): string {
  const times = createTimes(frame.timeZone);
  const notice = html`${problem !== null && html`<p class="notice bad" role="alert">${problem}</p>`}${done !== null && html`<p class="notice" role="status">${done}</p>`}`;
  if (person === null) {
    return page(frame, "Your account", html`<header class="head"><div><h1>Logged in by a one-time code</h1><p class="quiet">This login belongs to nobody: it has no name and no password, and ends after twelve hours.</p></div></header><section class="card secret"><h2>An account of your own</h2><div class="in"><p>${frame.role === "admin" ? html`Add yourself under <a class="inline" href="/settings/people">Settings, People</a>: you then log in by name and password, and what you do stands under your name.` : "Ask an administrator to add you under Settings, People."}</p></div></section>`, { styles: ["account.css"] });
  }
  const { role, sight } = person;
  return page(
    frame,
    "Your account",
    html`<header class="head"><div><h1>${person.name}</h1><p class="quiet">${ROLE_WORDS[role].name} · login name ${person.login}</p></div></header>${notice}
<div class="columns"><div class="stack">
<section class="card"><h2>What you may do</h2><div class="in"><p>${ROLE_WORDS[role].may}</p></div></section>
<section class="card"><h2>What you see</h2><div class="in"><p>${sightWords(sight)}.</p>${sight.sees !== "all" && html`<p class="small quiet">Pages about the whole house are not for you, and other contacts look as if they did not exist. Every transcript you open and every recording you hear is written down.</p>`}</div></section>
<section class="card"><h2>Where you are logged in <span class="quiet">${sessions.length}</span></h2><ul class="rows">${sessions.map((session) => sessionRow(session, times))}</ul>
<form class="in" method="post" action="/account/sign-out"><button>Log out everywhere</button> <span class="small quiet">Ends all of these, this one too.</span></form></section>
</div><section class="card"><h2>Change the password</h2><form class="in fields" method="post" action="/account/password"><input class="unseen" name="login" value="${person.login}" autocomplete="username" tabindex="-1" aria-hidden="true" readonly><label for="current">Present password</label><input id="current" name="current" type="password" required autocomplete="current-password" maxlength="400">${newPasswordFields()}<p class="small quiet">Your other logins end with it.</p><button class="primary">Change it</button></form></section></div>`,
    { styles: ["account.css"] },
  );
}

function sessionRow({ id, startedAt, seenAt, address, browser, isThis }: OwnSession, times: Times): Html {
  const where = `${browser ?? "Unknown browser"}${address === null ? "" : `, ${address}`}`;
  return html`<li class="session"><div><p class="strong">${where}</p><p class="small quiet">since ${times.moment(startedAt)}, last used ${times.moment(seenAt)}</p></div>${isThis ? html`<span class="chip good">this one</span>` : html`<form method="post" action="/account/sessions/${urlPart(id)}/end"><button class="small" aria-label="End the login of ${where}">End it</button></form>`}</li>`;
}
