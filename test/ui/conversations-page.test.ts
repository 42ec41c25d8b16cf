// The list of conversations as people see it.
import { strict as assert } from "node:assert";
import { renderConversations, type ConversationsView, type Frame } from "../../app/ui/index.ts";
import { csvLine } from "../../app/ui/conversations/contacts-csv.ts";
import { contact, NO_OFFERS } from "./sample-contact.ts";

const frame: Frame = { siteName: "Earshot", timeZone: "Europe/Berlin", nowMs: Date.UTC(2026, 10, 3, 14), here: "conversations", role: "supervisor", person: "Sam Supervisor", seesAll: true, staysOn: "this machine", speechModel: "starter-en", unfinished: 2, asset: (name) => `/assets/${name}?v=1`, canMend: true };
const listPage = (changes: Partial<ConversationsView> = {}): string =>
  renderConversations({ frame, chosen: {}, offers: NO_OFFERS, list: { kind: "contacts", items: [contact()] }, next: null, kept: [], canExport: true, today: "2026-11-03", problem: null, ...changes });
const rows = (...items: ReturnType<typeof contact>[]): string => listPage({ list: { kind: "contacts", items } });

describe("ui: the list of conversations", () => {
  it("groups by the day of the site; a row says when, what, how it ended, who, in which mood and how long", () => {
    const page = rows(contact(), contact({ atMs: Date.UTC(2026, 10, 2, 22, 59) }), contact({ atMs: Date.UTC(2025, 11, 30, 12) }));
    assert.deepEqual([...page.matchAll(/<h2 class="day">([^<]*)/g)].map(([, day]) => day), ["Today", "Yesterday", "Tuesday 30 December 2025"]);
    assert.match(page, />14:12<\/time>[\s\S]*href="\/calls\/abc123\?source=pbx" data-row>Charged twice<\/a> <span class="chip good">resolved<\/span>[\s\S]*open<\/span>[\s\S]*The customer was charged twice\.[\s\S]*Maria Keller[\s\S]*Telephone · incoming · Sarah · 204 · billing[\s\S]*angry → <\/span><b class="good">friendly[\s\S]*1m24s[\s\S]*12 lines/);
  });

  it("in another order than that of time each row says its day", () => {
    const page = listPage({ chosen: { sort: "worst" } });
    assert.match(page, /class="call-list card mixed"[\s\S]*>3 Nov, 14:12<\/time>/);
    assert.doesNotMatch(page, /<h2 class="day">/);
  });

  it("written contacts lead to the line in the customer's thread; one of nobody known leads nowhere", () => {
    assert.match(rows(contact({ channel: "web_chat", messages: 1001 })), /href="\/customers\/cus_1\?session=ses_01JCX3M7Q2E8V6T4Z9K1R5N0PA#msg_1"[\s\S]*Web chat · Sarah[\s\S]*1000\+ messages/);
    assert.match(rows(contact({ channel: "sms", customer_id: null, customer: null })), /<span class="strong">Charged twice<\/span>[\s\S]*Customer not known/);
  });

  it("says what waits, what failed and why, what was promised and is due, and which rule raised an alert", () => {
    const page = rows(contact({ state: "failed", outcome: null, topic: null, reason: null, problem: "The recording is empty; look at the disk", due: "2026-11-03", alerts: [{ label: "May leave", severity: "critical", holds: true }] }));
    assert.match(page, />Call abc123<\/a> <span class="chip bad">could not be heard<\/span>[\s\S]*promised for 3 Nov[\s\S]*alert: May leave[\s\S]*The recording is empty; look at the disk/);
    assert.match(rows(contact({ alerts: [{ label: "May leave", severity: "critical", holds: false }] })), /<span class="chip ">alert, no longer so: May leave/);
    assert.doesNotMatch(rows(contact({ due: "2026-11-04" })), /promised/);
    assert.doesNotMatch(rows(contact({ due: "2026-11-01", status: "resolved" })), /promised/);
  });

  it("without a summary the last words stand there, and what is not known is said so", () => {
    assert.match(rows(contact({ summary: null })), /<span class="label">Customer:<\/span> Thank you/);
    const page = rows(contact({ summary: null, last: null, topic: null, reason: null, outcome: null, mood_start: null, mood_end: null, length_ms: null, agent: null, queue: null, customer: null, status: null, direction: "unknown" }));
    assert.match(page, /No topic stands out[\s\S]*Customer not known[\s\S]*no mood/);
    assert.doesNotMatch(page, />(?:null|undefined|NaN|\[object Object\])</);
  });

  it("the form holds what is chosen, also where nothing has it any more; each choice can be removed alone", () => {
    const page = listPage({ chosen: { q: "a b", topic: "Gone", rule: "*", sort: "longest", order: "newest", cursor: "x" }, offers: { ...NO_OFFERS, agent: [{ value: "204", label: "Sarah" }] } });
    assert.match(page, /name="q" value="a b"/);
    assert.match(page, /<option value="Gone" selected>Gone<\/option>/);
    assert.match(page, /<option value="\*" selected>any alert<\/option>/);
    assert.match(page, /<option value="204">Sarah · 204<\/option>/);
    assert.match(page, /<details class="more-filters" open>/);
    assert.match(page, /href="\/conversations\?q=a\+b&amp;rule=\*&amp;sort=longest&amp;order=newest" aria-label="Remove Topic: Gone"/);
    assert.match(page, /href="\/conversations\.csv\?q=a\+b&amp;topic=Gone&amp;rule=\*&amp;sort=longest&amp;order=newest"/);
    assert.match(page, /name="order"><option value="fit">Best match<\/option><option value="newest" selected>Newest<\/option>/, "what is found has orders of its own");
    assert.match(page, /href="\/conversations\?topic=Gone&amp;rule=\*&amp;sort=longest" aria-label="Remove Words: a b"/, "and the order goes with the words");
    for (const [, id] of page.matchAll(/<(?:select|input)[^>]* id="([^"]+)"/g)) assert.match(page, new RegExp(`<label for="${id}">`), id);
  });

  it("an empty house says where to begin, an empty filter that nothing is like that, an unfinished look how far it came", () => {
    const list = { kind: "contacts", items: [] } as const;
    assert.match(listPage({ list }), /Nothing has been heard or read yet; <a class="link" href="\/">/);
    assert.match(listPage({ list, chosen: { topic: "T" } }), /No conversation here is like that/);
    assert.match(listPage({ list, chosen: { topic: "T" }, next: "n", lookedTo: Date.UTC(2026, 0, 2, 10) }), /None so far[\s\S]*Looked back to[\s\S]*2 Jan, 11:00[\s\S]*href="\/conversations\?topic=T&amp;cursor=n" rel="next">Go on looking/);
  });

  it("the view that is shown is marked, and can be kept, or renamed and deleted when it is one's own; machines are offered neither, and whoever may not export no export", () => {
    assert.match(listPage({ chosen: { sentiment: "neg" } }), /aria-current="true">Unhappy at the end<[\s\S]*action="\/conversations\/views"[\s\S]*name="query" value="sentiment=neg"/);
    assert.match(listPage({ chosen: { topic: "T" }, kept: [{ id: "vue_1", name: "Mine", query: "topic=T" }] }), /aria-current="true">Mine<[\s\S]*views\/vue_1\/rename[\s\S]*views\/vue_1\/delete/);
    for (const isPassing of [true, false]) assert.equal(/go when you log out/.test(listPage({ chosen: { topic: "T" }, isPassing })), isPassing);
    assert.doesNotMatch(listPage({ chosen: { topic: "T" }, kept: null, canExport: false }), /action="\/conversations\/views|Export/);
  });

  it("csv: numbers of our own stay numbers, text that begins like a formula does not run, quotes double", () => {
    assert.equal(csvLine([-0.5, "-0.5", "=1", 'say "x"', "a,b", null, "", "plain"]), `-0.5,'-0.5,'=1,"say ""x""","a,b",,,plain\r\n`);
  });
});
