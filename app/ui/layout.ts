// The frame around every page: head, rail of places, page. Pure.
import { html, type Html, type Part } from "./html.ts";

/** What every page knows. */
export interface Frame {
  siteName: string;
  /** IANA name of the zone in which times are shown */
  timeZone: string;
  nowMs: number;
  here: "calls" | "ledger" | null;
  /** name of the speech model in use */
  speechModel: string;
  /** where what is said stays */
  staysOn: string;
  /** calls that are not done; null for people who do not see the whole house, and for nobody known */
  unfinished: number | null;
  /** addresses with their hashes */
  assets: { tokens: string; style: string; script: string; icon: string };
  /** may set calls going again */
  canMend: boolean;
}

/** @returns a whole document */
export function page(frame: Frame, title: string, body: Part): string {
  return document(
    frame,
    title,
    html`<div class="frame"><nav class="rail" aria-label="Places"><a class="brand" href="/">${LOGO}${frame.siteName}</a>
${place("/", "Calls", frame.here === "calls")}${frame.unfinished !== null && place("/ledger", "Ledger", frame.here === "ledger", frame.unfinished === 0 ? "" : `${frame.unfinished} open`)}
<div class="foot"><p class="live" data-live-state="off"><span class="dot"></span><span data-live-words>As of this page</span></p><p class="tiny">${frame.speechModel} · nothing leaves ${frame.staysOn}</p>
<form method="post" action="/logout"><button class="link tiny">Log out</button></form></div></nav>
<main class="page" id="page">${body}</main></div>`,
  );
}

/** A page for nobody known: only a card in the middle. */
export function plainPage(frame: Frame, title: string, body: Part): string {
  return document(frame, title, html`<main class="alone"><p class="brand">${LOGO}${frame.siteName}</p>${body}</main>`);
}

function document({ assets, siteName }: Frame, title: string, body: Html): string {
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>${title} · ${siteName}</title>
<link rel="icon" type="image/svg+xml" href="${assets.icon}"><link rel="stylesheet" href="${assets.tokens}"><link rel="stylesheet" href="${assets.style}"><script type="module" src="${assets.script}"></script></head>
<body>${body}</body></html>
`.text;
}

function place(address: string, name: string, isHere: boolean, count = ""): Html {
  const note = html`<span class="count quiet tiny">${count}</span>`;
  return isHere ? html`<a href="${address}" aria-current="page">${name}${note}</a>` : html`<a href="${address}">${name}${note}</a>`;
}

/** Two voices: agent above, customer below. */
const LOGO = html`<svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true"><g class="agent-fill"><rect x="2" y="7" width="2.5" height="2.5" rx="1"/><rect x="6" y="3.5" width="2.5" height="6" rx="1"/><rect x="10" y="5.5" width="2.5" height="4" rx="1"/></g><g class="customer-fill"><rect x="6" y="10.5" width="2.5" height="3" rx="1"/><rect x="10" y="10.5" width="2.5" height="6" rx="1"/><rect x="14" y="10.5" width="2.5" height="4" rx="1"/></g></svg>`;
