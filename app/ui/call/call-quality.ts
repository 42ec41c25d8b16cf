// What rules and scorecards found in a call. Pure.
import { UNDECIDED, type CallView } from "../../domain/index.ts";
import { html, type Html } from "../frame/html.ts";
import { position } from "../frame/times.ts";
import { chip } from "../frame/words.ts";

const TONES = { info: "", warning: "warn", critical: "bad" } as const;

/** A chip for each category, in the tone of its alert; nothing where no rule matched. */
export function categories({ categories: found, alerts }: CallView): Html[] {
  return found.map(({ rule, label }) => {
    const severity = alerts.find((alert) => alert.rule === rule)?.severity;
    return chip(severity === undefined ? "" : TONES[severity], label);
  });
}

/** Each scorecard with its score, its coverage, and a quoted line for each answer. */
export function scorecards(call: CallView): Html[] {
  return call.scorecards.map((card) => {
    const covered = card.coverage < 1 && html`, ${Math.round(card.coverage * 100)} % answered`;
    return html`<section class="card"><h2>${card.label} <span class="tiny quiet">${card.score === null ? "no score" : `${Math.round(card.score * 100)} %`}${covered}${card.auto_failed.length > 0 && ", failed"}</span></h2><div class="in"><dl class="slots">${card.answers.map((answer) => answerRow(call, answer))}</dl></div></section>`;
  });
}

function answerRow(call: CallView, { text, answer, machine, override }: CallView["scorecards"][number]["answers"][number]): Html {
  const because = machine?.because ?? null;
  const words = answer === null ? html`<span class="missing">not answered${because !== null && because in UNDECIDED && html`: ${UNDECIDED[because as keyof typeof UNDECIDED]}`}</span>` : answer.replace("_", " ");
  const turn = call.turns.find((one) => one.id === machine?.quote?.message_id);
  const proof = turn !== undefined && override === null && html`<a class="proof" href="#${turn.id}" title="${machine?.quote?.text ?? ""}">▸ ${position(turn.start_ms)}</a>`;
  return html`<dt>${text}</dt><dd>${words}${override !== null && html` <span class="tiny quiet">by a person${override.comment !== null && html`: ${override.comment}`}</span>`}</dd><span class="proofs">${proof}</span>`;
}
