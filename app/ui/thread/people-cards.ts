// Who this is: addresses with how and when they came, who may be the same person, and merges that can be taken back. Pure.
import { html, urlPart, type Html } from "../frame/html.ts";
import { customerAddress } from "./proof.ts";
import { channelName } from "../frame/channel-words.ts";
import { addressWords, LINKABLE, shownAddress } from "./thread-words.ts";
import type { DuplicateRow, MergeRow, Tools } from "./thread-view.ts";

export function peopleCards(tools: Tools): Html {
  const { view } = tools;
  return html`${view.duplicates.length > 0 && duplicates(tools)}${addresses(tools)}${view.merges.length > 0 && merges(tools)}`;
}

function duplicates({ view }: Tools): Html {
  return html`<section class="card"><h2>May be the same person</h2><div class="in"><ul>${view.duplicates.slice(0, 5).map((one) => html`<li class="finding"><span><a class="strong" href="${customerAddress(one.id)}"><bdi>${nameOf(one)}</bdi></a>${one.name !== null && one.address !== null && html` <span class="small"><bdi>${one.address}</bdi></span>`}<br><span class="small quiet">${one.reason}</span>${view.canChange && html`<br><a class="button small" href="${compareAddress(view.customer.id, one.id)}">Compare and merge</a>`}</span></li>`)}</ul></div></section>`;
}

export function compareAddress(id: string, other: string): string {
  return `/customers/${urlPart(id)}/merge?other=${urlPart(other)}`;
}

function nameOf({ name, address }: DuplicateRow): string {
  return name ?? address ?? "Without a name";
}

function addresses({ view, times }: Tools): Html {
  const { id } = view.customer;
  const own = view.addresses.filter((one) => !one.isClaim);
  const came = (one: (typeof view.addresses)[number]): Html => html`<span class="tiny quiet">${one.isClaim ? "typed by a visitor, not proven" : one.channel === null ? "said by a person or the CRM" : `by ${channelName(one.channel)}`}${one.isMerged && ", came with a merge"} · since ${times.moment(one.firstSeenAt)}${one.lastSeenAt !== one.firstSeenAt && html`, last ${times.moment(one.lastSeenAt)}`}</span>`;
  return html`<section class="card" id="addresses"><h2>Addresses <span class="tiny quiet">${own.length}</span></h2><div class="in"><ul class="said-list tall">${view.addresses.map((one) => html`<li><span><span class="label">${addressWords(one.kind)}</span> <bdi class="address" title="${one.value}">${shownAddress(one)}</bdi><br>${came(one)}</span></li>`)}</ul>
${view.canChange && html`<details class="rest change"><summary>Link an address</summary><form method="post" action="/customers/${urlPart(id)}/identities" class="fields"><label>Kind<select name="kind">${LINKABLE.map(({ kind, words }) => html`<option value="${kind}">${words}</option>`)}</select></label><label>Address<input name="value" required maxlength="320"></label><p class="tiny quiet">A customer who has this address already becomes one with this one; that can be undone.</p><p><button>Link</button></p></form></details>
<details class="rest change"><summary>Merge with another customer</summary><form method="get" action="/customers/${urlPart(id)}/merge" class="fields"><label>Name, number, address or id<input name="other" required maxlength="200"></label><p><button>Compare</button></p></form></details>
${own.length > 1 && split(id, own)}`}</div></section>`;
}

function split(id: string, own: readonly { kind: string; value: string }[]): Html {
  return html`<details class="rest change"><summary>Some of these are another person's</summary><form method="post" action="/customers/${urlPart(id)}/split" class="fields"><fieldset><legend class="tiny quiet">They, and the contacts that came by them alone, become a customer of their own.</legend>${own.map((one) => html`<label class="check"><input type="checkbox" name="identity" value="${`${one.kind} ${one.value}`}"><bdi>${one.value}</bdi></label>`)}</fieldset><p><button>Take them out</button></p></form></details>`;
}

function merges(tools: Tools): Html {
  return html`<section class="card"><h2>Merged and split</h2><div class="in"><ul>${[...tools.view.merges].reverse().slice(0, 20).map((one) => html`<li class="finding"><span>${mergeWords(one)}<br><span class="tiny quiet">${tools.times.moment(one.at)} · <bdi>${one.by}</bdi> · ${one.reason}${one.undone_at !== null && html` · taken back ${tools.times.moment(one.undone_at)}`}</span></span>${undoButton(one, tools)}</li>`)}</ul></div></section>`;
}

/** What a record says, in a sentence. */
export function mergeWords({ kind, otherName, other, isPassive }: Pick<MergeRow, "kind" | "other" | "otherName" | "isPassive">): Html {
  const who = html`<a href="${customerAddress(other)}"><bdi>${otherName ?? "a customer without a name"}</bdi></a>`;
  if (isPassive) return kind === "merge" ? html`This customer was merged into ${who}` : html`This customer was taken out of ${who}`;
  return kind === "merge" ? html`${who} was merged into this customer` : html`${who} was taken out of this customer`;
}

/** The way back, where it still stands. */
export function undoButton({ merge_id, undone_at }: Pick<MergeRow, "merge_id" | "undone_at">, { view }: Tools): Html | false {
  return view.canChange && undone_at === null && html`<form method="post" action="/customers/${urlPart(view.customer.id)}/unmerge"><input type="hidden" name="merge_id" value="${merge_id}"><button class="small">Undo</button></form>`;
}
