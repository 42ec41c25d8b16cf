// The way in: a one-time code becomes a login. Nothing is used up by looking at this page. Pure.
import { html } from "../frame/html.ts";
import { plainPage, type Frame } from "../frame/layout.ts";

export interface LoginView {
  frame: Frame;
  /** code from the address, already typed in */
  code: string;
  /** where to go afterwards, on this site */
  next: string;
  /** what went wrong the last time */
  problem: string | null;
  /** false over plain http from elsewhere: a login would travel readable through the network */
  isPossible: boolean;
}

export function renderLogin({ frame, code, next, problem, isPossible }: LoginView): string {
  const form = html`<form method="post" action="/login"><input type="hidden" name="next" value="${next}"><label for="code">One-time code</label><input id="code" name="code" value="${code}" required autocomplete="one-time-code" autocapitalize="off" spellcheck="false" maxlength="128"><button class="primary">Log in</button></form>
<p class="small quiet">Earshot prints a code when it starts the demo. Later ones come from <code>scripts/earshot user add</code>. A code opens one login, within 15 minutes.</p>`;
  return plainPage(
    frame,
    "Log in",
    html`<section class="card"><h1>Log in</h1>${problem !== null && html`<p class="notice bad" role="alert">${problem}</p>`}${isPossible ? form : html`<p class="notice warn">Logins need https. Open this address through your TLS proxy (see <code>http.trusted_proxies</code>), or on the machine itself, for instance through <code>ssh -L 8090:localhost:8090</code>.</p>`}</section>`,
  );
}
