// Sets of filters under a name: some that come with the house, and those that a person keeps. Pure.
import { ANY_ALERT } from "../../domain/index.ts";
import { html, urlPart, type Html } from "../frame/html.ts";
import { queryText, without, type Chosen } from "./filters.ts";

/** What a person keeps; `query` as in the address. */
export interface KeptView {
  id: string;
  name: string;
  query: string;
}

const READY: readonly { name: string; chosen: Chosen }[] = [
  { name: "All", chosen: {} },
  { name: "Unhappy at the end", chosen: { sentiment: "neg" } },
  { name: "Not resolved", chosen: { outcome: "unresolved" } },
  { name: "Promised and due", chosen: { status: "due" } },
  { name: "Alerts", chosen: { rule: ANY_ALERT } },
];

/** @param kept null for those who cannot keep views: machines */
export function viewTabs(chosen: Chosen, kept: readonly KeptView[] | null): Html {
  const here = queryText(without(chosen));
  const tabs = [...READY.map(({ name, chosen: one }) => ({ name, query: queryText(one) })), ...(kept ?? [])];
  return html`<nav class="tabs" aria-label="Views">${tabs.map(({ name, query }) => tab(name, query, here))}</nav>`;
}

/** Forms to keep what is shown, and to rename or delete the kept view that is shown. @param isPassing who came by a one-time code is nobody tomorrow: said before anything is kept */
export function viewForms(chosen: Chosen, kept: readonly KeptView[] | null, isPassing: boolean): Html | false {
  const here = queryText(without(chosen));
  if (kept === null || here === "") return false;
  const view = kept.find((one) => one.query === here);
  const until = isPassing && html`<p class="tiny quiet">You came by a one-time code: views that you keep go when you log out. With an account of your own they stay.</p>`;
  if (view === undefined) {
    return html`<details class="keep"><summary class="small">Keep this view</summary><form method="post" action="/conversations/views"><input type="hidden" name="query" value="${here}"><label for="view-name">Name</label><input id="view-name" name="name" maxlength="60" required autocomplete="off"><button class="small">Keep</button>${until}</form></details>`;
  }
  return html`<details class="keep"><summary class="small">Change this view</summary><form method="post" action="/conversations/views/${urlPart(view.id)}/rename"><label for="view-name">Name</label><input id="view-name" name="name" value="${view.name}" maxlength="60" required autocomplete="off"><button class="small">Rename</button>${until}</form>
<form method="post" action="/conversations/views/${urlPart(view.id)}/delete"><button class="small">Delete this view</button></form></details>`;
}

function tab(name: string, query: string, here: string): Html {
  const address = query === "" ? "/conversations" : `/conversations?${query}`;
  return query === here ? html`<a href="${address}" aria-current="true">${name}</a>` : html`<a href="${address}">${name}</a>`;
}
