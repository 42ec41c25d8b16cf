// One contact in the ledger: where it stands, each step with its time, and why it is not further. Pure.
import { channelWord } from "../frame/channel-words.ts";
import { html, urlPart, type Html } from "../frame/html.ts";
import { took, type Times } from "../frame/times.ts";
import { CALL_STEPS, contactLink, OCCASIONAL, placeChip, RETRY_WORDS, stageWords, waited, whatHappens, WRITTEN_STEPS } from "./ledger-words.ts";

/** A line of the ledger. Times are RFC 3339 in UTC. */
export interface LedgerRow {
  session_id: string;
  call_id: string;
  channel: string;
  source: string;
  customer_id: string | null;
  place: string;
  /** what it waits at, or stopped at */
  stage: string | null;
  code: string | null;
  received_at: string;
  since: string;
  waitingMs: number;
  isLate: boolean;
  hasRecording: boolean;
  /** RFC 3339; until when a held call keeps its sound */
  held_until: string | null;
  error: { code: string; message: string; retry: string } | null;
  /** newest entry of each stage, in the order of the work */
  stages: readonly Step[];
}

interface Step {
  stage: string;
  status: string;
  at: string;
  ms: number | null;
  code: string | null;
  detail: string | null;
}

/** @param back where the page comes back to, without its `?` */
export function ledgerRow(row: LedgerRow, times: Times, canMend: boolean, back: string): Html {
  return html`<li><div class="ledger-head"><span>${contactLink({ channel: row.channel, callId: row.call_id, source: row.source, customerId: row.customer_id })} ${placeChip(row.place)}${row.isLate && html` <span class="chip warn">late</span>`}</span><span class="small quiet">${channelWord(row.channel)} from ${row.source} · arrived ${times.moment(row.received_at)}</span></div>
<ol class="track">${stepsOf(row).map(([stage, entry]) => step(stageWords(stage), entry ?? unseen(stage, row), times))}</ol>
${why(row, times)}${canMend && row.place === "failed" && tryAgain(row, back)}</li>`;
}

function stepsOf(row: LedgerRow): [string, Step | undefined][] {
  const [steps, occasional]: [readonly string[], string] = row.channel === "phone" ? [CALL_STEPS, OCCASIONAL.call] : [WRITTEN_STEPS, OCCASIONAL.written];
  const known = steps.filter((stage) => stage !== occasional || row.stages.some((one) => one.stage === stage));
  const others = row.stages.map((one) => one.stage).filter((stage) => !known.includes(stage));
  return [...others, ...known].map((stage) => [stage, row.stages.find((one) => one.stage === stage)]);
}

/** A step without an entry: a recording that came as a file was had all the same, and where no CRM is configured nothing is sent. */
function unseen(stage: string, row: LedgerRow): keyof typeof UNSEEN {
  if (stage === "fetch" && row.hasRecording) return "came as a file";
  return row.place === "done" ? "not sent" : "not yet";
}

const UNSEEN = { "came as a file": ["good", "✓"], "not sent": ["none", "–"], "not yet": ["none", "○"] } as const;

const MARKS: Record<string, [tone: string, mark: string, word: string]> = {
  done: ["good", "✓", "done"], failed: ["bad", "✕", "failed"], retrying: ["warn", "↻", "tried again soon"], waiting: ["warn", "…", "waiting"], held: ["warn", "‖", "held"], skipped: ["none", "–", "not needed"],
};

/** A mark, a word and a time: the colour says nothing that they do not say. */
function step(gives: string, entry: Step | keyof typeof UNSEEN, times: Times): Html {
  if (typeof entry === "string") return html`<li class="${UNSEEN[entry][0]}"><span aria-hidden="true">${UNSEEN[entry][1]}</span> ${gives} <span class="note">${entry}</span></li>`;
  const [tone, mark, word] = MARKS[entry.status] ?? ["warn", "…", entry.status];
  return html`<li class="${tone}" title="${entry.detail}"><span aria-hidden="true">${mark}</span> ${gives} <span class="note">${entry.status !== "done" && html`${word} · `}${times.clock(entry.at)}${entry.ms !== null && html` · ${took(entry.ms)}`}</span></li>`;
}

function why(row: LedgerRow, times: Times): Html | false {
  if (row.place === "done") return false;
  const last = row.stages.findLast((one) => one.status !== "done" && one.status !== "skipped");
  const message = row.error?.message ?? (row.place === "work" && last?.status === "held" ? undefined : last?.detail);
  const code = row.error?.code ?? row.code;
  return html`<div class="ledger-why"><p class="${row.place === "failed" ? "bad" : "quiet"}">${message ?? (row.place === "announced" ? "The recording has not come." : "Nothing is wrong: it waits for its turn.")}</p></div>
<p class="tiny quiet">${facts(row, times).map((fact, i) => [i > 0 && " · ", fact])}${code !== null && html` · <code>${code}</code>`}</p>`;
}

function facts(row: LedgerRow, times: Times): Html[] {
  const at = row.stage === null ? "" : ` at ${stageWords(row.stage)}`;
  if (row.place === "work") return [html`waiting${at} since ${times.moment(row.since)} (${waited(row.waitingMs)})`];
  if (row.place === "announced") return [html`announced by ${row.source} ${times.moment(row.since)}, ${waited(row.waitingMs)} ago`, html`What to do: look in the telephone system whether this line is recorded, and whether the recording is sent or copied to Earshot`];
  if (row.place === "held") return [html`What to do: ${row.customer_id === null ? "record the customer's consent" : html`<a class="proof" href="/customers/${urlPart(row.customer_id)}#consent">record the customer's consent</a>`}, or let it go`, ...(row.held_until === null ? [] : [html`its sound is removed ${times.moment(row.held_until)}`])];
  return [html`stopped${at}`, html`What to do: ${RETRY_WORDS[row.error?.retry ?? (row.stage === "deliver" ? "after_fix" : "")] ?? "Look at the reason, then try again"}`];
}

function tryAgain(row: LedgerRow, back: string): Html {
  return html`<form class="ledger-again" method="post" action="/ledger/retry?${back}"><input type="hidden" name="session" value="${row.session_id}"><button class="small" aria-label="Try again: ${row.call_id}">Try again</button><span class="tiny quiet">${whatHappens(row.stage)}</span></form>`;
}

