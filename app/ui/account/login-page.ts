// The way in: name and password, or a one-time code. Nothing is used up by looking at this page. Pure.
import { html, type Html } from "../frame/html.ts";
import { plainPage, type Frame } from "../frame/layout.ts";

export interface LoginView {
  frame: Frame;
  /** name that was typed the last time */
  login: string;
  /** one-time code from the address, already typed in */
  code: string;
  /** where to go afterwards, on this site */
  next: string;
  /** what went wrong the last time */
  problem: string | null;
  /** false over plain http from elsewhere: a login would travel readable through the network */
  isPossible: boolean;
  /** nobody has an account yet */
  isFirst: boolean;
}

export function renderLogin({ frame, login, code, next, problem, isPossible, isFirst }: LoginView): string {
  const wayIn = code !== "" ? codeForm(code, next) : html`${isFirst ? firstPerson() : passwordForm(login, next)}<details><summary class="small quiet">I have a one-time code</summary>${codeForm("", next)}</details>`;
  return plainPage(frame, "Log in", html`<section class="card"><h1>Log in</h1>${problem !== null && html`<p class="notice bad" role="alert">${problem}</p>`}${isPossible ? wayIn : needsHttps()}</section>`);
}

/** What a page with a form says where a login would travel readable. */
export function needsHttps(): Html {
  return html`<p class="notice warn">Logins need https. Open this address through your TLS proxy (see <code>http.trusted_proxies</code>), or on the machine itself, for instance through <code>ssh -L 8090:localhost:8090</code>.</p>`;
}

function passwordForm(login: string, next: string): Html {
  return html`<form method="post" action="/login"><input type="hidden" name="next" value="${next}"><label for="login">Login name</label><input id="login" name="login" value="${login}" required autocomplete="username" autocapitalize="off" spellcheck="false" maxlength="64"><label for="password">Password</label><input id="password" name="password" type="password" required autocomplete="current-password" maxlength="400"><button class="primary">Log in</button></form>
<p class="small quiet">Forgotten? An administrator makes you a new set-up link under Settings, People.</p>`;
}

function codeForm(code: string, next: string): Html {
  return html`<form method="post" action="/login"><input type="hidden" name="next" value="${next}"><label for="code">One-time code</label><input id="code" name="code" value="${code}" required autocomplete="one-time-code" autocapitalize="off" spellcheck="false" maxlength="128"><button class="primary">Log in with the code</button></form>
<p class="small quiet">Earshot prints a code when it starts the demo; <code>scripts/earshot user add</code> prints later ones. A code opens one login, within 15 minutes.</p>`;
}

function firstPerson(): Html {
  return html`<p>Nobody has an account yet. The first administrator is made on this machine; the command prints a link with which that person chooses a password:</p><pre tabindex="0"><code>scripts/earshot user add --name "Ana Keller" --login ana --role admin</code></pre>`;
}
