// Every claim ends with ▸ and the time that proves it: a link to the message, which a script plays where there is sound. Pure.
import type { ProvenAt } from "../../domain/index.ts";
import { html, urlPart, type Html } from "../frame/html.ts";
import { createTimes, position } from "../frame/times.ts";
import { channelName } from "../frame/channel-words.ts";

import type { ThreadView, Tools } from "./thread-view.ts";

/** More than three proofs nobody follows; the rest is a number. */
const SHOWN = 3;

export function toolsOf(view: ThreadView): Tools {
  const times = createTimes(view.frame.timeZone);
  const address: Tools["address"] = (query) => customerAddress(view.customer.id, query);
  return {
    view, times, address,
    proof(ids) {
      const known = ids.flatMap((id) => view.proofs.get(id) ?? []);
      return html`<span class="proofs">${known.slice(0, SHOWN).map((one) => proofLink(one, address, times))}${known.length > SHOWN && html`<span class="tiny quiet">+${known.length - SHOWN}</span>`}</span>`;
    },
  };
}

/** `/customers/cus_…?channel=phone` */
export function customerAddress(id: string, query: Readonly<Record<string, string | null | undefined>> = {}): string {
  const set = Object.entries(query).flatMap(([name, value]) => (value === null || value === undefined || value === "" ? [] : [`${name}=${urlPart(value)}`]));
  return `/customers/${urlPart(id)}${set.length === 0 ? "" : `?${set.join("&")}`}`;
}

/** The address works without scripts: the page then shows the stretch around the message, its call open. */
function proofLink({ id, at, startMs, channel }: ProvenAt, address: Tools["address"], times: Tools["times"]): Html {
  const shown = startMs === null ? times.moment(at) : html`${position(startMs)}`;
  return html`<a class="proof" data-proof="${id}" href="${address({ around: id })}#${id}" title="${startMs === null ? `Show the message: ${channelName(channel)}` : `Play the line: call of ${at.slice(0, 10)}`}">▸ ${shown}</a>`;
}
