// A call in the timeline: what it was about, how it ended, and its lines, folded. Pure.
import { speakerName, type TimelineCall, type TimelineTurn, type TurnStretch } from "../../domain/index.ts";
import { feeling } from "../call/call-findings.ts";
import { percentOf } from "../call/metric-rows.ts";
import { withTokens } from "../call/transcript.ts";
import { html, urlPart, type Html } from "../frame/html.ts";
import { position } from "../frame/times.ts";
import { agentWords, DIRECTION_WORDS, stateChip } from "../frame/words.ts";
import type { Tools } from "./thread-view.ts";
import { callAddress, soundAddress } from "../frame/addresses.ts";

/** Below this, the words are shown as unsure. */
const UNSURE = 0.6;

export function callEntry(call: TimelineCall, tools: Tools): Html {
  const { found, agent, queue, durationMs, direction } = call;
  const who = agent?.name ?? agent?.id;
  const facts = [agentWords(agent), queue, direction === "unknown" ? null : DIRECTION_WORDS[direction]].filter((one) => one !== null && one !== undefined);
  return html`<article class="session" data-sound="${call.hasSound ? soundAddress(nameOf(call)) : ""}">
<p class="session-head"><b>Call${who !== undefined && who !== null && html` with ${who}`}${durationMs !== null && html`, ${position(durationMs)}`}</b> ${stateChip({ status: call.status, outcome: found?.outcome ?? null })} <a class="quiet small" href="${callAddress(nameOf(call))}">whole call</a></p>
${call.problem !== null && html`<p class="small">${call.problem}</p>`}
${found !== null && html`<p class="measure">${found.summary === "" ? html`<span class="missing">Nothing could be summarised</span>` : found.summary} ${tools.proof(found.points.flatMap((point) => point.evidence.slice(0, 1)))}</p>`}
${found?.agentShare !== null && found?.agentShare !== undefined && meter(found.agentShare)}
<p class="tiny quiet">${[...facts, ...shares(call), ...moods(call)].join(" · ")}</p>
${call.turnCount > 0 && lines(call, tools)}</article>`;
}

/** The folded lines. What is not on the page is a link, which a script follows without leaving it. */
function lines(call: TimelineCall, tools: Tools): Html {
  const { view } = tools;
  const stretch = view.turns.get(call.id);
  const isOpen = view.open.includes(call.id);
  const heading = html`<summary>${call.turnCount} ${call.turnCount === 1 ? "line" : "lines"}</summary>`;
  const body = stretch === undefined ? html`<p class="small"><a href="${tools.address({ session: call.id })}#${call.id}" data-fetch="${linesAddress(view.customer.id, call.id)}">Show the lines</a></p>` : callLines(view.customer.id, call, stretch);
  return isOpen ? html`<details class="lines" open>${heading}${body}</details>` : html`<details class="lines">${heading}${body}</details>`;
}

/** Lines of a call, also as a piece of a page. The first says how many stand before it, the last how many after. */
export function callLines(customerId: string, call: Pick<TimelineCall, "id" | "callId" | "source" | "hasSound">, { turns, before, after }: TurnStretch): Html {
  const more = (count: number, at: TimelineTurn | undefined, words: string): Html | false => count > 0 && at !== undefined && html`<p class="small more-lines"><a href="${`/customers/${urlPart(customerId)}?around=${urlPart(at.id)}#${at.id}`}" data-fetch="${linesAddress(customerId, call.id, at.id)}">${count} ${words}</a></p>`;
  return html`<div class="lines-body">${call.hasSound && html`<audio class="plain-sound" controls preload="none" src="${soundAddress(nameOf(call))}"></audio>`}${more(before, turns[0], "lines before these")}<ol class="turns">${turns.map((turn) => line(turn, call.hasSound))}</ol>${more(after, turns.at(-1), "lines after these")}</div>`;
}

function line(turn: TimelineTurn, hasSound: boolean): Html {
  const isUnsure = (turn.confidence ?? 1) < UNSURE; // unknown is not unsure
  const words = isUnsure ? html`<span class="unsure" title="Not sure: confidence ${(turn.confidence ?? 0).toFixed(2)}">${withTokens(turn.text)}</span>` : html`${withTokens(turn.text)}`;
  return html`<li class="turn ${turn.speaker}" id="${turn.id}" data-start="${turn.startMs}" data-end="${turn.endMs}"><a class="at" href="#${turn.id}" data-proof="${turn.id}" title="${hasSound ? "Play from here" : "This line"}">${hasSound && "▸ "}${position(turn.startMs)}</a><b>${speakerName(turn)}</b><p>${words}</p></li>`;
}

const nameOf = ({ callId, source }: Pick<TimelineCall, "callId" | "source">): { call_id: string; source: string } => ({ call_id: callId, source });

function linesAddress(customerId: string, sessionId: string, around?: string): string {
  return `/customers/${urlPart(customerId)}/lines/${urlPart(sessionId)}${around === undefined ? "" : `?around=${urlPart(around)}`}`;
}

function meter(share: number): Html {
  const agent = percentOf(share);
  return html`<svg class="meter" width="100%" height="6" role="img" aria-label="Agent ${agent} %, customer ${100 - agent} % of the speech"><rect class="agent-fill" width="${agent}%" height="6"/><rect class="customer-fill" x="${agent}%" width="${100 - agent}%" height="6"/></svg>`;
}

function shares({ found }: TimelineCall): string[] {
  if (found === null || found.agentShare === null) return [];
  const agent = percentOf(found.agentShare);
  return [`speech: agent ${agent} %, customer ${100 - agent} %`];
}

function moods({ found }: TimelineCall): string[] {
  const { overall, customer_start: start, customer_end: end } = found?.mood ?? { overall: null, customer_start: null, customer_end: null };
  if (start !== null && end !== null) return [`mood ${feeling(start)} → ${feeling(end)}`];
  return overall === null ? [] : [`mood ${feeling(overall)}`];
}
