// What rules and scorecards found in a call, and what people answer instead. Pure.
import { ANSWERS, answersKind, UNDECIDED, type CallView } from "../../domain/index.ts";
import { html, type Html } from "../frame/html.ts";
import { position, type Times } from "../frame/times.ts";
import { chip } from "../frame/words.ts";
import { addressOf, mendLink, type Mending } from "./mending.ts";

const TONES = { info: "", warning: "warn", critical: "bad" } as const;
type Card = CallView["scorecards"][number];
type Answered = Card["answers"][number];

/** How often the machine and people answered alike on a card, over all sessions. */
export type AgreementNotes = Readonly<Record<string, { n: number; agreed: number }>>;

/** A chip for each category, in the tone of its alert; nothing where no rule matched. */
export function categories({ categories: found, alerts }: CallView): Html[] {
  return found.map(({ rule, label }) => {
    const severity = alerts.find((alert) => alert.rule === rule && alert.holds)?.severity;
    return chip(severity === undefined ? "" : TONES[severity], label);
  });
}

/** What a rule of the site was told to raise, with the lines that it stands on; what does not hold any more stays and says so. Nothing where nothing was raised. */
export function alerts(call: CallView, times: Times): Html | false {
  const newest = new Map(call.alerts.map((alert) => [alert.rule, alert]));
  return newest.size > 0 && html`<section class="card" data-part="alerts"><h2>Alerts</h2><div class="in"><ul>${[...newest.values()].map((alert) => {
    const evidence = call.categories.find((one) => one.rule === alert.rule)?.evidence ?? [];
    return html`<li class="finding"><span>${alert.label} ${alert.holds ? chip(TONES[alert.severity], alert.severity) : chip("", "no longer holds")} <span class="tiny quiet">${times.clock(alert.at)}${!alert.holds && " · raised then; what counts now does not bear it out"}</span></span><span class="proofs">${evidence.slice(0, 3).map((id) => proof(call, id, "Play the line that raised it"))}</span></li>`;
  })}</ul></div></section>`;
}

/** Each scorecard with its score, its coverage, and a quoted line for each answer. */
export function scorecards(call: CallView, mending: Mending, agreement: AgreementNotes): Html[] {
  return call.scorecards.map((card) => {
    const covered = card.coverage < 1 && html`, ${Math.round(card.coverage * 100)} % answered`;
    const note = agreement[card.card];
    const agreed = note !== undefined && note.n > 0 && html`<p class="tiny quiet">Machine and people agreed on ${note.agreed} of ${note.n} answers that both gave.</p>`;
    return html`<section class="card" id="card-${card.card}" data-part="card-${card.card}"><h2>${card.label} <span class="tiny quiet">${card.score === null ? "no score" : `${Math.round(card.score * 100)} %`}${covered}${card.auto_failed.length > 0 && ", failed"}</span></h2><div class="in"><dl class="slots answers">${card.answers.map((answer) => answerRow(call, card, answer, mending))}</dl>${agreed}</div></section>`;
  });
}

function answerRow(call: CallView, card: Card, answered: Answered, mending: Mending): Html {
  const { question, text, answer, machine, override } = answered;
  const because = machine?.because ?? null;
  const words = answer === null ? html`<span class="missing">not answered${because !== null && because in UNDECIDED && html`: ${UNDECIDED[because as keyof typeof UNDECIDED]}`}</span>` : answerWords(answer);
  const said = override !== null && html` <span class="tiny quiet">by <bdi>${override.by_name}</bdi>${override.comment !== null && html`: ${override.comment}`}${machine !== null && machine.answer !== null && machine.answer !== answer && html` (the machine: ${answerWords(machine.answer)})`}</span>`;
  const key = `${card.card}.${question}`;
  const isEdited = mending.canCorrect && mending.editing === key;
  const way = mending.canCorrect && !isEdited && html` ${mendLink(call, key, `card-${card.card}`, `Change the answer: ${text}`, "change")}`;
  return html`<dt>${text}</dt><dd>${isEdited ? answerForm(call, card, answered) : html`${words}${said}${way}`}</dd><dd class="proofs">${machine?.quote && override === null && proof(call, machine.quote.message_id, machine.quote.text)}</dd>`;
}

function answerForm(call: CallView, card: Card, { question, kind, answer, override }: Answered): Html {
  const choices = ANSWERS.filter((one) => answersKind(one, kind));
  return html`<form class="mending" data-mend="1" method="post" action="${addressOf(call, "/answers")}"><input type="hidden" name="card" value="${card.card}"><input type="hidden" name="question" value="${question}">
<label class="label" for="mend-answer">Answer</label><select id="mend-answer" name="answer" data-first="1">${choices.map((one) => (one === answer ? html`<option value="${one}" selected>${answerWords(one)}</option>` : html`<option value="${one}">${answerWords(one)}</option>`))}</select>
<label class="label" for="mend-comment">Why</label><input id="mend-comment" name="comment" maxlength="2000" value="${override?.comment ?? ""}" autocomplete="off">
<div class="mend-row"><span class="mend-do"><button class="primary small">Save</button>${override !== null && html`<button class="small" name="undo" value="1">Take the answer back</button>`}<a class="button small" data-mend="1" data-leave="1" href="${addressOf(call)}#card-${card.card}">Leave</a></span></div><p class="bad small" role="alert"></p></form>`;
}

function answerWords(answer: string): string {
  return answer.replace("_", " ");
}

function proof(call: CallView, id: string, title: string): Html | false {
  const turn = call.turns.find((one) => one.id === id);
  return turn !== undefined && html`<a class="proof" href="#${turn.id}" title="${title}">▸ ${position(turn.start_ms)}</a>`;
}
