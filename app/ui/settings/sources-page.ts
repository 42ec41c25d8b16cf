// Sources: where contacts come from, when the last one came, and what to paste at the other side. Pure.
import { html, type Html } from "../frame/html.ts";
import type { Frame } from "../frame/layout.ts";
import { createTimes, type Times } from "../frame/times.ts";
import { findingList, lines, settingsPage, settingTable, type FindingRow, type SettingRow } from "./settings-frame.ts";

export interface SourceRow {
  name: string;
  kind: "folder" | "webhook" | "mailbox" | "channel" | "hand";
  /** `asterisk`, a path, a server; null when the asker may not know */
  where: string | null;
  /** how it proves itself; no secret */
  proof: string | null;
  /** address to paste at the other side */
  address: string | null;
  /** an example of what it sends */
  example: string | null;
  lastAt: string | null;
  failed: number;
  announced: number;
}

export interface SourcesView {
  frame: Frame;
  sources: readonly SourceRow[];
  settings: readonly SettingRow[];
  /** what a look at them came to; null before anybody asked */
  findings: readonly FindingRow[] | null;
}

const KINDS: Record<SourceRow["kind"], string> = { folder: "watched folder", webhook: "webhook for calls", mailbox: "mailbox", channel: "channel of messages", hand: "handed in" };

export function renderSources(view: SourcesView): string {
  const times = createTimes(view.frame.timeZone);
  return settingsPage(
    view.frame, "sources", "Where calls and messages come from.",
    html`${view.findings !== null && html`<section class="card in" role="status"><h2>What a look came to</h2>${findingList(view.findings)}<p class="tiny quiet">Nothing was sent and nothing changed.</p></section>`}
${view.sources.length === 0 ? firstSource(view.frame) : html`<ol class="card source-list">${view.sources.map((source) => sourceRow(source, times))}</ol>`}
${view.frame.role === "admin" && html`<form method="post" action="/settings/sources/check"><button>Check all sources</button> <span class="small quiet">Looks whether folders can be read and mailboxes let us in; posts nothing.</span></form>`}${settingTable(view.settings)}`,
  );
}

function sourceRow(source: SourceRow, times: Times): Html {
  return html`<li><div class="source-head"><span><b>${source.name}</b> <span class="chip">${KINDS[source.kind]}</span></span><span class="small quiet">${source.lastAt === null ? "nothing has come yet" : html`last arrival ${times.moment(source.lastAt)}`}${source.failed > 0 && html` · <a class="bad-text" href="/ledger?tab=failed&amp;source=${source.name}">${source.failed} failed</a>`}${source.announced > 0 && html` · <a class="warn-text" href="/ledger?tab=announced&amp;source=${source.name}">${source.announced} announced, never delivered</a>`}</span></div>
<p class="small quiet">${[source.where, source.proof].filter((one) => one !== null).join(" · ")}</p>
${source.address !== null && html`<details><summary class="small">What to enter at the other side</summary><p class="small">Address</p>${lines(source.address, `Address for ${source.name}`)}${source.example !== null && html`<p class="small">Try it from there (put your secret in place of the capitals):</p>${lines(source.example, `Example for ${source.name}`)}`}</details>`}</li>`;
}

function firstSource({ role }: Frame): Html {
  return html`<section class="card in"><h2>No source yet</h2><p>The quickest way in is a folder into which the telephone system writes its recordings. Put these lines into <code>config/earshot.yaml</code> and start Earshot again:</p>${lines("intake:\n  folders:\n    - path: /var/spool/asterisk/monitor\n      source: pbx", "Lines for a watched folder")}${role === "admin" && html`<p class="small"><a class="proof" href="/settings/change">Try them out first</a></p>`}</section>`;
}
