// How complete a period is: announced, recorded, heard, sent, and what became of the rest. Pure.
import { html, type Html } from "../frame/html.ts";
import { count, failureWords, placeChip } from "./ledger-words.ts";

export interface CompletenessView {
  /** `the last 7 days`, `2 to 9 November` */
  period: string;
  announced: number;
  recorded: number;
  heard: number;
  sent: number;
  /** false where no CRM is configured: nothing can be sent then */
  hasCrm: boolean;
  /** with the address of the list behind it */
  gaps: readonly { place: string; code: string | null; count: number; href: string }[];
}

export function completeness(view: CompletenessView): Html {
  const steps: [string, number, string][] = [
    ["Announced", view.announced, "calls that the telephone system told of, or whose recording was found"],
    ["Recorded", view.recorded, "of these, their recording is here"],
    ["Heard", view.heard, "of these, their words are known"],
    ...(view.hasCrm ? ([["Sent", view.sent, "of these, the CRM has the result"]] as [string, number, string][]) : []),
  ];
  return html`<section class="card complete"><h2>How complete: ${view.period}</h2><dl class="in steps-of">${steps.map(([name, n, about]) => html`<div title="${about}"><dt class="label">${name}</dt><dd class="strong">${count(n)}</dd><dd class="tiny quiet">${name === "Announced" ? "calls" : share(n, view.announced)}</dd><dd>${bar(n, view.announced, name)}</dd></div>`)}</dl>
<p class="in small">${view.gaps.length === 0 ? (view.announced === 0 ? "No call arrived in this period." : "Nothing is missing: every call of the period is through.") : html`Not through: ${view.gaps.map((gap, i) => [i > 0 && ", ", html`<a class="gap-link" href="${gap.href}">${count(gap.count)} ${placeChip(gap.place)}${gap.code !== null && html` ${failureWords(gap.code)}`}</a>`])}.`}${!view.hasCrm && html`<br><span class="quiet">No CRM is connected, so nothing is sent.</span>`}</p></section>`;
}

function share(n: number, of: number): string {
  return of === 0 ? "–" : `${n === of ? "100" : Math.min(99.9, (100 * n) / of).toFixed(1)} % of ${count(of)}`;
}

function bar(n: number, of: number, name: string): Html {
  const width = of === 0 ? 0 : Math.round((1000 * n) / of) / 10;
  return html`<svg class="bar" viewBox="0 0 100 4" preserveAspectRatio="none" width="100%" height="4" role="img" aria-label="${name}: ${share(n, of)}"><rect class="track-bar" width="100" height="4"/><rect class="data-fill" width="${width}" height="4"/></svg>`;
}
