// The frame around every page: head, rail of places, page. Pure.
import type { Role } from "../../domain/index.ts";
import { html, type Html, type Part } from "./html.ts";

/** The places of the rail. */
export type Place = "overview" | "conversations" | "customers" | "agents" | "ledger" | "settings";

/** What every page knows. */
export interface Frame {
  siteName: string;
  /** IANA name of the zone in which times are shown */
  timeZone: string;
  nowMs: number;
  here: Place | null;
  /** of the asker; null for nobody known */
  role: Role | null;
  /** name of the asker; null for machines and for nobody known */
  person: string | null;
  /** false for whoever is bound to some agents: pages about the whole house are not offered */
  seesAll: boolean;
  /** name of the speech model in use */
  speechModel: string;
  /** where what is said stays */
  staysOn: string;
  /** calls that are not done; null for people who do not see the whole house, and for nobody known */
  unfinished: number | null;
  /** `app.css` → its address with the hash of its content */
  asset: (name: string) => string;
  /** may set calls going again */
  canMend: boolean;
}

/** Style sheets and scripts of a page beside those of every page, by their names in assets/. */
export interface Extras {
  styles?: readonly string[];
  scripts?: readonly string[];
}

/** @returns a whole document */
export function page(frame: Frame, title: string, body: Part, extras: Extras = {}): string {
  return document(
    frame,
    title,
    html`<a class="skip" href="#page">To the page</a><div class="frame"><nav class="rail" aria-label="Places"><a class="brand" href="/">${LOGO}${frame.siteName}</a>
${shownPlaces(frame).map((place) => placeLink(place, frame))}
<div class="foot">${frame.role !== null && html`<p class="live" data-live-state="off"><span class="dot"></span><span data-live-words>As of this page</span></p>`}<p class="tiny">${frame.speechModel} · nothing leaves ${frame.staysOn}</p>
<div class="who">${frame.person !== null && html`<a class="tiny" href="/account" title="Your account">${frame.person}</a>`}<form method="post" action="/logout"><button class="link tiny">Log out</button></form></div><button class="link tiny keys-button" type="button" popovertarget="keys">Keyboard</button></div></nav>
<main class="page" id="page">${body}</main></div>${keys(frame, extras)}`,
    extras,
  );
}

/** A page for nobody known: only a card in the middle. */
export function plainPage(frame: Frame, title: string, body: Part): string {
  return document(frame, title, html`<main class="alone"><p class="brand">${LOGO}${frame.siteName}</p>${body}</main>`, {});
}

function document({ asset, siteName }: Frame, title: string, body: Html, { styles = [], scripts = [] }: Extras): string {
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>${title} · ${siteName}</title>
<link rel="icon" type="image/svg+xml" href="${asset("icon.svg")}">${["tokens.css", "app.css", ...styles].map((name) => html`<link rel="stylesheet" href="${asset(name)}">`)}${["app.js", "keys.js", ...scripts].map((name) => html`<script type="module" src="${asset(name)}"></script>`)}</head>
<body>${body}</body></html>
`.text;
}

/** In the order of the rail. `key`: what leads there after `g`; `isForAll`: people who see only some agents' contacts have it too; `isForTeams`: those of them who oversee a team. */
const PLACES: readonly { place: Place; address: string; name: string; key: string; isForAll?: true; isForTeams?: true }[] = [
  { place: "overview", address: "/", name: "Overview", key: "o", isForAll: true },
  { place: "conversations", address: "/conversations", name: "Conversations", key: "c", isForAll: true },
  { place: "customers", address: "/customers", name: "Customers", key: "u", isForAll: true },
  { place: "agents", address: "/agents", name: "Agents and topics", key: "a", isForTeams: true },
  { place: "ledger", address: "/ledger", name: "Ledger", key: "l" },
  { place: "settings", address: "/settings", name: "Settings", key: "s", isForAll: true },
];

function placeLink({ place, address, name, key }: (typeof PLACES)[number], { here, unfinished }: Frame): Html {
  const note = html`<span class="count quiet tiny">${place === "ledger" && unfinished !== null && unfinished > 0 && `${unfinished} open`}</span>`;
  return place === here ? html`<a href="${address}" data-key="${key}" title="g, then ${key}" aria-current="page">${name}${note}</a>` : html`<a href="${address}" data-key="${key}" title="g, then ${key}">${name}${note}</a>`;
}

/** The keys that work here, behind `?`. */
function keys(frame: Frame, { scripts = [] }: Extras): Html {
  const row = (presses: readonly string[], deed: string): Html => html`<dt>${presses.map((press) => html`<kbd class="key">${press}</kbd> `)}</dt><dd>${deed}</dd>`;
  const places = shownPlaces(frame).map(({ key, name }) => row(["g", key], name));
  const call = scripts.includes("call.js") && html`<dt class="label">In a call</dt><dd></dd>${row(["space"], "play, pause")}${row(["j", "k"], "next line, line before")}${row(["←", "→"], "5 seconds back, on")}${row(["r"], "only this line")}${row(["+", "−"], "faster, slower")}${row(["e"], "correct the line")}`;
  return html`<section class="card keys-card" id="keys" popover aria-label="Keys"><h2>Keys <button class="link tiny" type="button" popovertarget="keys" popovertargetaction="hide">Close</button></h2><dl class="in">${row(["?"], "this list")}${row(["/"], "search")}${call === false && row(["j", "k"], "next row, row before")}${places}${call}</dl></section>`;
}

function shownPlaces({ seesAll, role }: Frame): (typeof PLACES)[number][] {
  return PLACES.filter((place) => seesAll || place.isForAll || (place.isForTeams && role !== "agent"));
}

/** Two voices: agent above, customer below. */
const LOGO = html`<svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true"><g class="agent-fill"><rect x="2" y="7" width="2.5" height="2.5" rx="1"/><rect x="6" y="3.5" width="2.5" height="6" rx="1"/><rect x="10" y="5.5" width="2.5" height="4" rx="1"/></g><g class="customer-fill"><rect x="6" y="10.5" width="2.5" height="3" rx="1"/><rect x="10" y="10.5" width="2.5" height="6" rx="1"/><rect x="14" y="10.5" width="2.5" height="4" rx="1"/></g></svg>`;
