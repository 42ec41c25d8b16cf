// The CRM: where results go, whether they arrive, and a marked test message to try it. Pure.
import { html, type Html } from "../frame/html.ts";
import type { Frame } from "../frame/layout.ts";
import { took } from "../frame/times.ts";
import { findingList, lines, settingsPage, settingTable, type FindingRow, type SettingRow } from "./settings-frame.ts";

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
    html`${view.test !== null && answer(view.test)}${view.isSet ? receiver(view) : nobodyReceives(view.frame)}${settingTable(view.settings, true)}`,
  );
}

/** What connecting it takes, for whoever keeps the server. */
function nobodyReceives({ role }: Frame): Html {
  return html`<section class="card in"><h2>No CRM is connected</h2><p>Results stay here and can be read on every page. To have each analysed call sent on, name the CRM's address in <code>config/earshot.yaml</code> and start Earshot again:</p>${lines("crm:\n  url: https://crm.example.com/hooks/earshot\n  secret: whsec_…   # openssl rand -base64 32, with whsec_ before it", "Lines for a CRM")}${role === "admin" && html`<p class="small"><a class="proof" href="/settings/change">Try them out first</a></p>`}</section>`;
}

function receiver(view: CrmView): Html {
  return html`<section class="card in"><h2>Receiver</h2>${findingList([view.finding])}<p class="small">${view.outbox.disabled !== null && html`<span class="chip bad">switched off</span> ${view.outbox.disabled} `}${view.outbox.waiting + view.outbox.parked === 0 ? "Every result has arrived." : html`${view.outbox.waiting} wait for their next attempt, ${view.outbox.parked} were refused: <a class="proof" href="/ledger/jobs">what it answered</a>`}</p>
${view.frame.role === "admin" && html`<form method="post" action="/settings/crm/test"><button>Send a test</button> <span class="small quiet">One message of <code>type: "test"</code> without any call in it, signed like every result, tried once. The CRM should answer with a 2xx status and keep nothing.</span></form>`}</section>`;
}

function answer({ outcome, httpStatus, message, code, messageId, ms }: NonNullable<CrmView["test"]>): Html {
  const ok = outcome === "delivered";
  return html`<section class="card in" role="status"><h2>Answer to the test</h2><p><span class="chip ${ok ? "good" : "bad"}">${ok ? "taken" : "not taken"}</span> ${httpStatus === null ? "No answer came" : html`It answered <b>${httpStatus}</b>`} after ${took(ms)}.${message !== null && html` ${message}`}${code !== null && html` <code>${code}</code>`}</p><p class="tiny quiet">webhook-id ${messageId}</p></section>`;
}
