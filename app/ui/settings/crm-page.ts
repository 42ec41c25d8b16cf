// The CRM: where results go, whether they arrive, and a marked test message to try it. Pure.
import { html, type Html } from "../frame/html.ts";
import type { Frame } from "../frame/layout.ts";
import { took } from "../frame/times.ts";
import { findingList, settingsPage, settingTable, type FindingRow, type SettingRow } from "./settings-frame.ts";

export interface CrmView {
  frame: Frame;
  isSet: boolean;
  finding: FindingRow;
  outbox: { waiting: number; parked: number; disabled: string | null };
  /** the answer to a test that was just sent */
  test: { outcome: string; httpStatus: number | null; message: string | null; code: string | null; messageId: string; ms: number } | null;
  settings: readonly SettingRow[];
}

export function renderCrm(view: CrmView): string {
  return settingsPage(
    view.frame, "crm", "Where the result of every call goes.",
    html`${view.test !== null && answer(view.test)}<section class="card in"><h2>Receiver</h2>${findingList([view.finding])}<p class="small">${view.outbox.disabled !== null && html`<span class="chip bad">switched off</span> ${view.outbox.disabled} `}${view.outbox.waiting + view.outbox.parked === 0 ? "Every result has arrived." : html`${view.outbox.waiting} wait for their next attempt, ${view.outbox.parked} were refused: <a class="proof" href="/ledger/jobs">what it answered</a>`}</p>
${view.isSet && view.frame.role === "admin" && html`<form method="post" action="/settings/crm/test"><button>Send a test</button> <span class="small quiet">One message of <code>type: "test"</code> without any call in it, signed like every result, tried once. The CRM should answer with a 2xx status and keep nothing.</span></form>`}</section>
${settingTable(view.settings, true)}`,
  );
}

function answer({ outcome, httpStatus, message, code, messageId, ms }: NonNullable<CrmView["test"]>): Html {
  const ok = outcome === "delivered";
  return html`<section class="card in" role="status"><h2>Answer to the test</h2><p><span class="chip ${ok ? "good" : "bad"}">${ok ? "taken" : "not taken"}</span> ${httpStatus === null ? "No answer came" : html`It answered <b>${httpStatus}</b>`} after ${took(ms)}.${message !== null && html` ${message}`}${code !== null && html` <code>${code}</code>`}</p><p class="tiny quiet">webhook-id ${messageId}</p></section>`;
}
