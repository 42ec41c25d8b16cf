// What people correct on the page of a call, and what the machine had instead. Forms that work without scripts; with them in place. Pure.
import { OUTCOMES, speakerName, type CallField, type CallView, type CheckedWords, type CorrectionField, type CorrectionReport, type CorrectionView, type Outcome, type Speaker, type TurnView } from "../../domain/index.ts";
import { html, urlPart, type Html } from "../frame/html.ts";
import { position, type Times } from "../frame/times.ts";
import { outcomeWords, reasonWords } from "../frame/words.ts";
import { option } from "../frame/fields.ts";

/** What the asker may do, and is doing. */
export interface Mending {
  canCorrect: boolean;
  /** id of a turn, `call`, or `card.question` of a scorecard; null: nothing */
  editing: string | null;
  /** reasons of the site, for the form */
  reasons: readonly string[];
  report: CorrectionReport;
}

/** By then rules and scorecards are through; a language model takes longer, and the page looks once more. */
const LOOK_AGAIN_MS = 2000;

export type CallName = Pick<CallView, "call_id" | "source">;

/** @param rest what comes after the call, e.g. `/undo` · @param more of the query, e.g. `edit` */
export function addressOf({ call_id, source }: CallName, rest = "", more: Record<string, string> = {}): string {
  const query = Object.entries({ source, ...more }).map(([name, value]) => `${name}=${urlPart(value)}`);
  return `/calls/${urlPart(call_id)}${rest}?${query.join("&")}`;
}

/** The way into a form; with scripts the form opens in place. */
export function mendLink(call: CallName, what: string, anchor: string, label: string, words = "correct"): Html {
  return html`<a class="mend" data-mend="1" href="${addressOf(call, "", { edit: what })}#${anchor}" aria-label="${label}">${words}</a>`;
}

/** Speakers that a person may choose between, the likely ones first. */
const SPEAKER_WORDS: Record<Speaker, string> = { agent: "Agent", customer: "Customer", unknown: "not known", bot: "Bot", system: "System" };

export function turnForm(call: CallName, turn: TurnView): Html {
  const rows = Math.min(8, 1 + Math.floor(turn.text.length / 70));
  return html`<form class="mending" data-mend="1" method="post" action="${addressOf(call, `/turns/${urlPart(turn.id)}`)}">
<label class="label" for="mend-text">What was said</label><textarea id="mend-text" name="text" rows="${rows}" maxlength="5000" data-first="1">${turn.text}</textarea>
<div class="mend-row"><label class="label" for="mend-speaker">Who said it</label><select id="mend-speaker" name="speaker">${Object.entries(SPEAKER_WORDS).map(([speaker, words]) => option(speaker, words, turn.speaker === speaker))}</select>${saveOrLeave(call, turn.id)}</div></form>`;
}

/** What the machine heard of a line that a person checked, and the way back to it. */
export function machineTurn(call: CallName, turn: TurnView, { canCorrect }: Mending): Html | false {
  const { machine } = turn;
  if (machine === undefined) return false;
  const heard = machine.text !== undefined && machine.text !== turn.text && html`heard <q>${machine.text}</q>`;
  const spoke = machine.speaker !== undefined && machine.speaker !== turn.speaker && html`took the speaker for the ${speakerName({ speaker: machine.speaker }).toLowerCase()}`;
  const words = turn.corrected === true ? "corrected" : "checked";
  return html`<details class="machine"><summary title="${machine.text !== undefined && turn.corrected === true ? `The machine heard: ${machine.text}` : "A person checked this line"}">${words}</summary><p>${turn.corrected === true ? html`The machine ${heard}${heard && spoke && " and "}${spoke}.` : "A person listened and confirmed what the machine heard."} ${canCorrect && undoForm(call, `/turns/${urlPart(turn.id)}/undo`, "Take it back")}</p></details>`;
}

export function callForm(call: CallView, reasons: readonly string[]): Html {
  return html`<form class="mending" data-mend="1" method="post" action="${addressOf(call, "/correct")}">
<label class="label" for="mend-topic">Topic</label><input id="mend-topic" name="topic" maxlength="200" value="${call.topic ?? ""}" data-first="1" autocomplete="off">
<label class="label" for="mend-reason">Reason <span class="quiet">(of the site's list)</span></label><input id="mend-reason" name="reason" maxlength="100" list="mend-reasons" value="${call.reason ?? ""}" autocomplete="off"><datalist id="mend-reasons">${reasons.map((reason) => html`<option value="${reason}">${reasonWords(reason)}</option>`)}</datalist>
<label class="label" for="mend-outcome">Outcome</label><select id="mend-outcome" name="outcome">${OUTCOMES.map((outcome) => option(outcome, outcomeWords(outcome), (call.outcome ?? "unknown") === outcome))}</select>
<div class="mend-row">${saveOrLeave(call, "about")}</div></form>`;
}

/** What the machine found where a person's word counts, with the way back to it; nothing where the machine's counts. */
export function machineFinding(call: CallView, field: CallField, { canCorrect }: Mending): Html | false {
  const found = call.machine?.[field];
  if (found === undefined) return false;
  const words = valueWords(field, found);
  return html`<details class="machine"><summary title="The machine found: ${words}">corrected</summary><p>The machine found <q>${words}</q>. ${canCorrect && undoForm(call, "/undo", "Take it back", field)}</p></details>`;
}

/** Who said what instead of the machine, newest first, and how wrong the words were that were checked. */
export function correctionsCard({ items, word_errors, judged_anew_at, judging_stopped }: CorrectionReport, times: Times, nowMs: number): Html | false {
  if (items.length === 0) return false;
  return html`<section class="card" id="corrections" data-part="corrections"><h2>Corrected by people</h2><div class="in">${judged_anew_at !== null && judgedAnew(Date.parse(judged_anew_at) - nowMs)}${judging_stopped !== null && judgingStopped(judging_stopped)}${wordErrors(word_errors)}<ol class="events">${items.slice(0, 20).map((item) => correction(item, times))}</ol>${items.length > 20 && html`<p class="tiny quiet">and ${items.length - 20} before</p>`}</div></section>`;
}

/** With scripts the page looks again when it is done. */
function judgedAnew(inMs: number): Html {
  return html`<p class="small quiet" role="status" data-again="${Math.max(0, inMs) + LOOK_AGAIN_MS}">Findings, rules and scorecards are made anew from the corrected words in a few seconds.</p>`;
}

function judgingStopped({ code, message }: NonNullable<CorrectionReport["judging_stopped"]>): Html {
  return html`<section class="notice bad"><p><b>Findings, rules and scorecards are still those of the words before.</b> Making them anew stopped: ${message} (<code>${code}</code>). An administrator can try it again in the list of stopped jobs in the ledger; another correction does too.</p></section>`;
}

function wordErrors({ lines, words, errors, rate }: CheckedWords): Html | false {
  return rate !== null && html`<p class="small"><b>${Math.round(rate * 100)} % of the words heard wrong</b> <span class="quiet">(${errors} of ${words} words, measured on ${lines} checked ${lines === 1 ? "line" : "lines"}; not the whole call)</span></p>`;
}

function correction({ field, start_ms, replaced, value, at, by_name, withdrawn_at, withdrawn_by_name, is_lost }: CorrectionView, times: Times): Html {
  const where = start_ms === null ? { topic: "Topic", reason: "Reason", outcome: "Outcome", text: "Words", speaker: "Speaker" }[field] : `${field === "text" ? "Words" : "Speaker"} at ${position(start_ms)}`;
  const what = replaced === value ? html`confirmed` : html`<del>${valueWords(field, replaced)}</del> <ins>${valueWords(field, value)}</ins>`;
  const back = withdrawn_at !== null && html` · <b class="quiet">taken back${withdrawn_by_name !== by_name && html` by <bdi>${withdrawn_by_name}</bdi>`}</b>`;
  return html`<li class="${is_lost ? "warn" : withdrawn_at === null ? "good" : ""}"><span>${where}: ${what} <span class="tiny quiet">by <bdi>${by_name}</bdi>${back}</span>${is_lost && html` <b>not found again</b> <span class="tiny quiet">the call was heard again, and otherwise there</span>`}</span><span class="tiny quiet">${times.clock(at)}</span></li>`;
}

/** What counts for a field, as people say it. */
function valueWords(field: CorrectionField, value: string | null): string {
  if (value === null || value === "") return "nothing";
  if (field === "speaker") return SPEAKER_WORDS[value as Speaker];
  return field === "outcome" ? outcomeWords(value as Outcome) : field === "reason" ? reasonWords(value) : value;
}

function saveOrLeave(call: CallName, anchor: string): Html {
  return html`<span class="mend-do"><button class="primary small">Save</button><a class="button small" data-mend="1" data-leave="1" href="${addressOf(call)}#${anchor}">Leave</a><span class="tiny quiet keys"><span class="key">Enter</span> saves <span class="key">Esc</span> leaves</span></span><p class="bad small" role="alert"></p>`;
}

function undoForm(call: CallName, rest: string, words: string, field?: CallField): Html {
  return html`<form data-mend="1" method="post" action="${addressOf(call, rest)}">${field !== undefined && html`<input type="hidden" name="field" value="${field}">`}<button class="link tiny">${words}</button></form>`;
}
