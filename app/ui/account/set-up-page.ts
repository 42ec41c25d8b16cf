// Somebody new chooses a password. Looking at this page uses the code not up. Pure.
import { PASSWORD_MIN_CHARACTERS } from "../../domain/index.ts";
import { html, type Html } from "../frame/html.ts";
import { plainPage, type Frame } from "../frame/layout.ts";
import { needsHttps } from "./login-page.ts";

export interface SetUpView {
  frame: Frame;
  code: string;
  /** whose code it is; null when it is used, old or wrong */
  person: { name: string; login: string } | null;
  problem: string | null;
  isPossible: boolean;
}

export function renderSetUp({ frame, code, person, problem, isPossible }: SetUpView): string {
  const title = person === null ? "This link does not work" : "Choose a password";
  const body =
    person === null
      ? html`<p>It was used before, is older than 24 hours, or a newer one was made. Ask an administrator for a new one: under Settings, People, or with <code>scripts/earshot user reset</code>.</p><p><a class="button" href="/login">To the login</a></p>`
      : !isPossible
        ? needsHttps()
        : html`<p>Welcome, ${person.name}. Your login name is <b>${person.login}</b>.</p><form method="post" action="/set-up"><input type="hidden" name="code" value="${code}"><input class="unseen" name="login" value="${person.login}" autocomplete="username" tabindex="-1" aria-hidden="true" readonly>${newPasswordFields()}<button class="primary">Choose this password and log in</button></form>`;
  return plainPage(frame, title, html`<section class="card"><h1>${title}</h1>${problem !== null && html`<p class="notice bad" role="alert">${problem}</p>`}${body}</section>`);
}

/** The two fields for a new password, with what is expected of it. */
export function newPasswordFields(): Html {
  return html`<label for="password">New password</label><input id="password" name="password" type="password" required autocomplete="new-password" minlength="${PASSWORD_MIN_CHARACTERS}" maxlength="400" aria-describedby="password-help"><p class="tiny quiet" id="password-help">At least ${PASSWORD_MIN_CHARACTERS} characters, any of them. A few words in a row are easy to remember and hard to guess.</p><label for="again">Once more</label><input id="again" name="again" type="password" required autocomplete="new-password" maxlength="400">`;
}
