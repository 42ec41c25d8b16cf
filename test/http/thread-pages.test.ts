// The page of a customer through the real server and the real store: who sees what, what people decide, and that every claim leads to its line.
import { strict as assert } from "node:assert";
import fc from "fast-check";
import type { ChannelEvent, InboundMessage } from "../../app/domain/index.ts";
import { openThreadHouse } from "../support/thread-house.ts";
import { openThreadSite, type ThreadSite } from "../support/thread-site.ts";

const BEGIN = Date.UTC(2026, 10, 2, 9);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const MARIA = "+442079460018";
const OTHER = "+442079460071";
const EVIL = `"><script>alert(1)</script><img src=x onerror='alert(2)'>`;

const said = (channel: string, externalId: string, atMs: number, rest: Partial<InboundMessage> = {}): ChannelEvent => ({
  kind: "message",
  message: { source: channel, externalId, channel, kind: "text", speaker: "customer", text: `words of ${externalId}`, atMs: BEGIN + atMs, customer: { identities: [{ kind: "e164", value: MARIA }], name: "Maria Keller" }, ...rest },
});
const plain = (page: string): string => page.replace(/<[^>]*>/g, " ").replace(/&#39;/g, "'").replace(/&quot;/g, '"').replace(/\s+/g, " ");
const entryIds = (page: string): string[] => [...page.matchAll(/<li class="entry [^"]*" id="(\w+)"/g)].map(([, id]) => id ?? "");

describe("http: the page of a customer", () => {
  let site: ThreadSite;
  beforeEach(() => (site = openThreadSite({ site: { country: "GB", timezone: "Europe/Berlin" } })));
  afterEach(() => site.end());

  const maria = (): string => `/customers/${site.customerOf("e164", MARIA)}`;
  const lines = (count: number) => Array.from({ length: count }, (_, i) => ({ speaker: i % 2 === 0 ? ("customer" as const) : ("agent" as const), text: `line ${i}` }));

  it("shows calls, chats and mails in one timeline, oldest above, each with its day, time, channel and speaker", async () => {
    site.receive(said("email", "<m1>", 26 * HOUR, { speaker: "agent", agent: { id: "201", name: "Ana" }, payload: { subject: "Your refund" } }));
    const call = site.call("c1", { atMs: BEGIN + HOUR, from: MARIA, agentId: "201", agentName: "Ana" }, lines(4), { outcome: "resolved" });
    const chat = site.receive(said("web_chat", "h1", 0), { ...said("web_chat", "h2", MINUTE, { speaker: "bot" }) });
    const { text } = await site.page(maria());
    assert.deepEqual(entryIds(text).slice(0, 3), [chat[0]?.messageId, chat[1]?.messageId, call.sessionId]);
    assert.match(plain(text), /Monday 2 November.* 10:00 .*words of h1 Customer · Web chat.*words of h2 Assistant · Web chat.*Call with Ana , 0:20 resolved.*4 lines.*line 0.*Today.* 12:00|Tuesday 3 November.*Your refund words of <m1>|Your refund/s);
    assert.match(text, /<div class="bubble agent"><p><b>Your refund<\/b>/);
    assert.match(text, /aria-label="Telephone"[\s\S]*aria-label="Mail"/);
  });

  it("every claim leads to a line: on the page itself, or to the page that has it, without scripts", async () => {
    const { turns, sessionId } = site.call("c1", { atMs: BEGIN, from: MARIA, agentId: "201" }, lines(300));
    for (let i = 0; i < 40; i++) site.receive(said("sms", `s${i}`, (i + 1) * 30 * HOUR, { speaker: "agent" }));
    const far = turns[250] ?? "";
    const proof = `${maria()}?around=${far}`;
    assert.doesNotMatch((await site.page(maria())).text, new RegExp(`id="${sessionId}"`), "the newest stretch does not reach back to the call");
    const { text } = await site.page(proof);
    assert.match(text, new RegExp(`<details class="lines" open>[\\s\\S]*<li class="turn customer" id="${far}" data-start="1250000"`));
    assert.match(plain(text), /210 lines before these/);
    for (const id of [...text.matchAll(/data-proof="(\w+)" href="([^"#]+)#/g)].slice(0, 4).map(([, id]) => id ?? "")) assert.match((await site.page(`${maria()}?around=${id}`)).text, new RegExp(`id="${id}"`));
    const piece = await site.page(`${maria()}/lines/${sessionId}?around=${turns[0]}`);
    assert.match(piece.text, new RegExp(`^<div class="lines-body">[\\s\\S]*id="${turns[0]}"`));
    assert.equal((piece.text.match(/<li class="turn /g) ?? []).length, 200);
    assert.equal((await site.page(`/customers/${site.customerOf("e164", MARIA)}/lines/ses_01JCX3M7Q2E8V6T4Z9K1R5N0PA`)).status, 404);
  });

  it("Earlier and Later lead over every entry once, whatever the times are", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 40 }), fc.boolean()), { minLength: 1, maxLength: 36 }), (list) => {
        const house = openThreadHouse();
        try {
          house.receive(...list.flatMap(([hours, isCall], i) => (isCall ? [] : [said("sms", `s${i}`, hours * HOUR)])));
          list.forEach(([hours, isCall], i) => {
            if (isCall) house.notify("pbx", { kind: "call.ended", facts: { callId: `c${i}`, startedAtMs: BEGIN + hours * HOUR, endedAtMs: BEGIN + hours * HOUR, direction: "inbound", from: MARIA } });
          });
          const { timeline } = house.parts.store.reads;
          const id = house.parts.store.reads.context.customerByAddress({ kind: "e164", value: MARIA }) ?? "";
          const walk = (way: "before" | "after"): string[] => {
            let where: Parameters<typeof timeline.stretch>[2] = way === "before" ? { at: "end" } : { at: "from", ms: BEGIN };
            for (const found: string[] = []; ; ) {
              const { entries, earlier, later } = timeline.stretch(id, {}, where, 7);
              found[way === "before" ? "unshift" : "push"](...entries.map((one) => one.id));
              const next = way === "before" ? earlier : later;
              if (next === null) return found;
              where = { at: way, cursor: next };
            }
          };
          const back = walk("before");
          assert.equal(new Set(back).size, list.length);
          assert.deepEqual(walk("after"), back);
          const middle = back[Math.floor(back.length / 2)] ?? "";
          const place = timeline.placeOf(id, middle, {});
          assert.ok(place);
          const around = timeline.stretch(id, {}, { at: "around", place: place.place }, 7);
          assert.ok(around.entries.some((one) => one.id === middle));
          assert.deepEqual([around.earlier === null, around.later === null], [around.entries[0]?.id === back[0], around.entries.at(-1)?.id === back.at(-1)]);
        } finally {
          house.close();
        }
      }),
      { numRuns: 8 },
    );
  });

  it("leads to a day of the site, filters by channel, and finds words of this thread only", async () => {
    for (let i = 0; i < 30; i++) site.receive(said("sms", `s${i}`, i * 24 * HOUR, { text: i === 4 ? "the red kettle" : `day ${i}` }));
    site.receive(said("email", "<x>", HOUR, { text: "a mail" }), said("sms", "z", HOUR, { text: "another red kettle", customer: { identities: [{ kind: "e164", value: OTHER }] } }));
    const day = await site.page(`${maria()}?date=2026-11-05`);
    assert.match(day.text, /day 3[\s\S]*the red kettle/);
    assert.doesNotMatch(plain(day.text).slice(0, plain(day.text).indexOf("For whoever answers next")), /day 2 /);
    assert.deepEqual(entryIds((await site.page(`${maria()}?channel=email`)).text).length, 1);
    const found = await site.page(`${maria()}?q=kettle`);
    assert.match(found.text, /the red <mark>kettle<\/mark>/);
    assert.doesNotMatch(found.text, /another red/);
    assert.match(plain((await site.page(`${maria()}?q=%2B%2B`)).text), /No message of this thread has all of these words/);
  });

  describe("whoever sees only some agents' contacts", () => {
    beforeEach(() => {
      site.call("of-ana", { atMs: BEGIN, from: MARIA, agentId: "201", agentName: "Ana" }, [{ speaker: "customer", text: "ana heard this" }]);
      site.call("of-tom", { atMs: BEGIN + HOUR, from: MARIA, agentId: "777", agentName: "Tom" }, [{ speaker: "customer", text: "tom heard this" }]);
      site.receive(said("sms", "own", 2 * HOUR, { speaker: "agent", agent: { id: "201" }, text: "ana wrote this" }), said("web_chat", "foreign", 3 * HOUR, { text: "nobody answered this" }));
      site.call("elsewhere", { atMs: BEGIN, from: OTHER, agentId: "777" }, [{ speaker: "customer", text: "not theirs" }]);
    });

    it("a team sees the whole thread of customers whom it has met, and nobody else's; agents what they led", async () => {
      const all = await site.page(maria(), "team");
      assert.match(all.text, /ana heard this[\s\S]*tom heard this[\s\S]*ana wrote this[\s\S]*nobody answered this/);
      const own = await site.page(maria(), "ana");
      assert.match(own.text, /ana heard this[\s\S]*ana wrote this/);
      assert.doesNotMatch(own.text, /tom heard|Tom|nobody answered|For whoever answers next|May be the same/);
      assert.doesNotMatch((await site.page(`${maria()}?q=heard`, "ana")).text, /tom heard/);
      for (const [who, path] of [["team", `/customers/${site.customerOf("e164", OTHER)}`], ["stranger", maria()], ["agent", maria()], ["ana", `/customers/${site.customerOf("e164", OTHER)}`]] as const) assert.equal((await site.page(path, who)).status, 404, who);
    });

    it("an agent does not reach another one's call by its id, its lines or a claim", async () => {
      const tom = site.parts.store.reads.callView("of-tom");
      assert.ok(tom);
      assert.equal((await site.page(`${maria()}/lines/${tom.session_id}`, "ana")).status, 404);
      for (const id of [tom.session_id, tom.turns[0]?.id]) assert.doesNotMatch((await site.page(`${maria()}?around=${id}&open=${tom.session_id}`, "ana")).text, /tom heard/);
      assert.equal((await site.page(`${maria()}/lines/${tom.session_id}`, "team")).status, 200);
    });

    it("the list holds whom they have met, found by name, number and id too", async () => {
      const people = async (path: string, who: string): Promise<string[]> => [...(await site.page(path, who)).text.matchAll(/class="whole" href="\/customers\/(\w+)"/g)].map(([, id]) => id ?? "");
      const [one, two] = [site.customerOf("e164", MARIA), site.customerOf("e164", OTHER)];
      assert.deepEqual(await people("/customers", "admin"), [one, two], "newest contact first");
      for (const who of ["team", "ana"]) assert.deepEqual(await people("/customers", who), [one], who);
      for (const who of ["stranger", "agent"]) assert.deepEqual(await people("/customers", who), [], who);
      for (const q of ["maria", "0018", one, "of-ana", site.parts.store.reads.callView("of-ana")?.session_id ?? "", site.parts.store.reads.callView("of-ana")?.turns[0]?.id ?? ""]) assert.deepEqual(await people(`/customers?q=${encodeURIComponent(q)}`, "admin"), [one], q);
      assert.deepEqual(await people("/customers?q=0071", "ana"), []);
      assert.deepEqual(await people("/customers?q=%25", "admin"), []);
    });

    it("every view is written down once, with its reason; changes are for those who see the whole house", async () => {
      const views = async (who: string): Promise<unknown[]> => {
        site.audited.length = 0;
        await site.page(maria(), who);
        return site.audited.map((event) => [event.action, event.object.id, event.reason]);
      };
      const id = site.customerOf("e164", MARIA);
      assert.deepEqual(await views("admin"), [["thread.read", id, undefined]]);
      assert.deepEqual(await views("team"), [["thread.read", id, "the team has met the customer"]]);
      assert.deepEqual(await views("ana"), [["thread.read", id, "own contacts"]]);
      assert.doesNotMatch((await site.page(maria(), "team")).text, /<form method="post" action="\/customers/);
      assert.doesNotMatch((await site.page(maria(), "analyst")).text, /<form method="post" action="\/customers/);
      for (const who of ["team", "ana", "analyst"]) assert.equal((await site.submit(`${maria()}/merge`, { other: site.customerOf("e164", OTHER) }, who)).status, 403, who);
    });
  });

  describe("what people decide", () => {
    beforeEach(() => site.receive(said("sms", "a", 0), said("sms", "b", HOUR, { customer: { identities: [{ kind: "e164", value: OTHER }], claimed: [{ kind: "email", value: "maria@example.org" }], name: "Keller, Maria" } }), said("email", "<c>", 2 * HOUR, { customer: { identities: [{ kind: "email", value: "maria@example.org" }], name: "Maria Keller" } })));

    it("a suggestion says why; merged, both are one thread with Undo beside the note; undone, they are two as before", async () => {
      const [one, two] = [site.customerOf("email", "maria@example.org"), site.customerOf("e164", OTHER)];
      assert.match(plain((await site.page(`/customers/${one}`)).text), /May be the same person Keller, Maria .*one gave the e-mail address that the other is known by/);
      assert.match((await site.page("/customers")).text, /may be there twice/);
      const compare = await site.page(`/customers/${one}/merge?other=${two}`);
      assert.match(plain(compare.text), /Are these one person\?.*What a merge does.*it can be undone exactly/);
      const done = await site.submit(`/customers/${one}/merge`, { other: two, reason: EVIL });
      assert.equal(done.status, 303);
      const after = await site.page(done.headers["location"] ?? "");
      assert.match(plain(after.text), /Done\. .* was merged into this customer/);
      assert.ok(!after.text.includes("<script>alert"));
      const undo = /action="(\/customers\/\w+\/unmerge)"><input type="hidden" name="merge_id" value="(mrg_\w+)"><button class="small">Undo/.exec(after.text);
      assert.ok(undo?.[1] !== undefined && undo[2] !== undefined);
      assert.equal(site.customerOf("e164", OTHER), site.customerOf("email", "maria@example.org"));
      const loser = site.customerOf("e164", OTHER) === one ? two : one;
      const moved = await site.page(`/customers/${loser}?channel=sms`);
      assert.deepEqual([moved.status, moved.headers["location"]], [303, `/customers/${site.customerOf("e164", OTHER)}?channel=sms`]);
      const back = await site.submit(undo[1], { merge_id: undo[2] });
      assert.match(plain((await site.page(back.headers["location"] ?? "")).text), /Taken back\. They are two customers again/);
      assert.deepEqual([site.customerOf("email", "maria@example.org"), site.customerOf("e164", OTHER)], [one, two]);
      assert.doesNotMatch((await site.page(`/customers/${one}`)).text, /May be the same person/, "they were taken apart by a person");
    });

    it("a name or number that fits several asks which; a linked address joins, some addresses come out again, each with its way back", async () => {
      assert.match(plain((await site.page(`${maria()}/merge?other=keller`)).text), /Choose the other one/);
      assert.match(plain((await site.page(`${maria()}/merge?other=nobody`)).text), /Nobody else fits “nobody”/);
      const linked = await site.submit(`${maria()}/identities`, { kind: "email", value: " Maria@Example.org " });
      assert.match(linked.headers["location"] ?? "", /note=mrg_/);
      assert.equal(site.customerOf("email", "maria@example.org"), site.customerOf("e164", MARIA));
      const split = await site.submit(`${maria()}/split`, { identity: ["email maria@example.org"] });
      assert.match(plain((await site.page(split.headers["location"] ?? "")).text), /was taken out of this customer/);
      assert.notEqual(site.customerOf("email", "maria@example.org"), site.customerOf("e164", MARIA));
      assert.equal((await site.submit(`${maria()}/split`, {})).status, 422);
      assert.equal((await site.submit(`${maria()}/identities`, { kind: "e164", value: "twelve" })).status, 422);
    });

    it("status, owner and reason are kept with who set them; a contact moves to where it belongs", async () => {
      const [matter] = site.parts.store.reads.people.matters(site.customerOf("e164", MARIA), { limit: 5 }).items;
      assert.ok(matter);
      const saved = await site.submit(`${maria()}/conversations/${matter.id}`, { status: "resolved", owner: "Ana", queue: "", reason: "billing.refund" });
      const page = plain((await site.page(saved.headers["location"] ?? "")).text);
      assert.match(page, /The conversation was changed.*resolved.*Owner Ana.*What was changed \(\d+\).*Owner: Ana.*an API key/);
      assert.doesNotMatch(page, /Queue: none/, "what was left as it is was not decided");
      site.receive(said("email", "<d>", 500 * HOUR));
      const [later] = site.parts.store.reads.people.matters(site.customerOf("e164", MARIA), { limit: 5 }).items;
      assert.notEqual(later?.id, matter.id);
      const session = site.parts.store.reads.conversation(later?.id ?? "")?.sessions[0]?.id ?? "";
      const moved = await site.submit(`${maria()}/sessions/${session}/move`, { conversation_id: matter.id });
      assert.match(moved.headers["location"] ?? "", new RegExp(`session=${session}`));
      assert.equal(site.parts.store.reads.conversation(matter.id)?.sessions.length, 2);
      assert.equal((await site.submit(`/customers/${site.customerOf("e164", OTHER)}/conversations/${matter.id}`, { status: "open", owner: "", queue: "", reason: "" })).status, 404);
      assert.equal((await site.page(`/customers/${site.customerOf("e164", OTHER)}?conversation=${matter.id}`)).status, 404);
    });

    it("a statement about consent shows what it would do, then stops what is being worked on", async () => {
      site.notify("pbx", { kind: "recording.ready", facts: { callId: "now", direction: "inbound", from: MARIA }, recording: { url: "http://127.0.0.1/x.wav" } });
      const preview = await site.page(`${maria()}/consent?purpose=recording&channel=phone&state=withdrawn&proof=${encodeURIComponent(EVIL)}`);
      assert.match(plain(preview.text), /Recording: they do not agree any more.*1 contact being worked on stops at once/);
      assert.ok(!preview.text.includes("<img"));
      assert.equal(site.parts.store.reads.callView("now")?.status === "held", false, "looking changes nothing");
      const done = await site.submit(`${maria()}/consents`, { purpose: "recording", channel: "phone", state: "withdrawn", proof: "a letter" });
      assert.match(done.headers["location"] ?? "", /note=consent#consent$/);
      assert.equal(site.parts.store.reads.callView("now")?.status, "held");
      assert.match(plain((await site.page(maria())).text), /Recording .*withdrawn Telephone .*written down here/);
    });
  });

  it("is complete for whoever has said nothing, and shows text from outside as text only", async () => {
    site.receive(said("sms", "evil", 0, { text: EVIL, customer: { identities: [{ kind: "crm_id", value: EVIL.slice(0, 60) }], name: EVIL }, agent: { id: EVIL, name: EVIL }, speaker: "agent", queue: EVIL, payload: { subject: EVIL }, intent: EVIL, slots: { [EVIL.slice(0, 40)]: EVIL }, references: [{ kind: "ticket", value: EVIL }] }));
    site.call("evil", { atMs: BEGIN, from: MARIA, agentId: EVIL, agentName: EVIL, customerName: EVIL }, [{ speaker: "customer", text: EVIL }], { topic: EVIL, summary: EVIL, reason: EVIL });
    const ids = site.db.prepare<[], { id: string }>("SELECT id FROM customers").all();
    for (const path of ["/customers", `/customers?q=${encodeURIComponent(EVIL)}`, ...ids.flatMap(({ id }) => [`/customers/${id}`, `/customers/${id}?q=alert`, `/customers/${id}/merge?other=${encodeURIComponent(EVIL)}`, `/customers/${id}?conversation=${site.parts.store.reads.people.matters(id, { limit: 1 }).items[0]?.id}`])]) {
      const { text, status } = await site.page(path);
      assert.ok(status === 200 || status === 404, `${path}: ${status}`);
      assert.doesNotMatch(text, /<img|<script(?! type="module" src="\/assets\/)/, path);
      for (const tag of text.match(/<[a-z][^>]*>/g) ?? []) assert.doesNotMatch(tag.replace(/="[^"]*"/g, "="), /\s(?:style|on\w+)=/, `${path}: ${tag}`);
      assert.doesNotMatch(plain(text), /undefined|\bnull\b|NaN|\[object/, path);
    }
  });
});
