// Search over all messages: ranked, paged without gap or repeat, bounded in time, by meaning too, and only what a role may see.
import assert from "node:assert/strict";
import { openSearch } from "../../app/pipeline/knowledge/open-knowledge.ts";
import { embedMessages } from "../../app/pipeline/knowledge/meaning.ts";
import type { MessagePage, SearchDesk } from "../../app/pipeline/index.ts";
import { inTransaction } from "../../app/platform/index.ts";
import type { SearchFilter } from "../../app/store/index.ts";
import { fakeEmbedder } from "../support/fake-embedder.ts";
import { openThreadHouse, type ThreadHouse } from "../support/thread-house.ts";

describe("search over every message", () => {
  let house: ThreadHouse;
  let desk: SearchDesk;
  const embedder = fakeEmbedder();
  before(() => {
    house = openThreadHouse({ search: { by_meaning: true } });
    house.parts.embedder = undefined;
    desk = openSearch(house.parts);
    const say = (id: string, text: string, customer: string) => ({ kind: "message" as const, message: { source: "t", channel: "sms", externalId: id, kind: "text" as const, speaker: "customer" as const, text, atMs: house.clock.now(), customer: { identities: [{ kind: "e164" as const, value: customer }] } } });
    house.receive(
      ...Array.from({ length: 950 }, (_, i) => say(`m${i}`, `the order number ${i} is late`, `+4420794${String(60000 + (i % 7))}`)),
      say("a", "I want to be reimbursed for this", "+442079460001"),
      say("b", "refund refund, where is the refund", "+442079460001"),
      say("c", "a refund, but this message has a great many other words in it that are about something else entirely", "+442079460001"),
    );
  });
  after(() => house.close());

  async function all(text: string, filter: SearchFilter = {}, limit = 60): Promise<{ pages: MessagePage[]; texts: string[] }> {
    const pages: MessagePage[] = [];
    for (let cursor: string | null | undefined; cursor !== null; cursor = pages.at(-1)?.next ?? null) pages.push(await desk.messages(text, filter, { limit, ...(cursor === undefined ? {} : { cursor }) }));
    return { pages, texts: pages.flatMap((page) => page.items.map((hit) => hit.message.text)) };
  }

  it("pages hold every hit once, the better ones first, although only 400 at a time are ranked; what comes meanwhile changes nothing", async () => {
    const first = await desk.messages("late order", {}, { limit: 60 });
    house.receive({ kind: "message", message: { source: "t", channel: "sms", externalId: "new", kind: "text", speaker: "customer", text: "late order", atMs: house.clock.now(), customer: { identities: [] } } });
    const texts = first.items.map((hit) => hit.message.text);
    for (let { next } = first; next !== null; ) {
      const page: MessagePage = await desk.messages("late order", {}, { limit: 60, cursor: next });
      texts.push(...page.items.map((hit) => hit.message.text));
      ({ next } = page);
    }
    assert.deepEqual([texts.length, new Set(texts).size], [950, 950]);
    assert.deepEqual(first.coverage.all, false);
    assert.deepEqual((await all("refund")).texts.map((text) => text.slice(0, 8)), ["refund r", "a refund"]);
    assert.deepEqual((await all("number 949")).texts, ["the order number 949 is late"]);
  });

  it("a hit says what it belongs to and where the words stand", async () => {
    const [hit] = (await desk.messages("refund", {}, { limit: 1 })).items;
    assert.ok(hit);
    assert.deepEqual(hit.snippet, { text: "refund refund, where is the refund", marks: [[0, 6], [7, 13], [28, 34]] });
    for (const id of [hit.customer_id, hit.message.id, hit.message.session_id, hit.message.conversation_id]) assert.match(id ?? "", /^[a-z]{3}_/);
  });

  it("filters hold on every page, also for few among many, and an agent's scope is one of them", async () => {
    const one = house.parts.store.reads.context.customerByAddress({ kind: "e164", value: "+442079460003" }) ?? "";
    const { texts, pages } = await all("late", { customerId: one }, 50);
    assert.deepEqual([texts.length, pages.every((page) => page.items.every((hit) => hit.customer_id === one))], [136, true]);
    assert.deepEqual((await all("late", { agentId: "201" })).texts, []);
    house.db.prepare("UPDATE sessions SET agent_id = '201' WHERE customer_id = ?").run(one);
    assert.equal((await all("late", { agentId: "201" })).texts.length, 136);
  });

  it("nothing to look for, and cursors that are not ours, are refused with their path", async () => {
    for (const text of ["-refund", "***"]) await assert.rejects(desk.messages(text, {}, { limit: 5 }), { code: "REQUEST_INVALID" });
    for (const cursor of ["zzz", Buffer.from('[1,"a-b"]').toString("base64url"), Buffer.from('[1,"-5"]').toString("base64url")]) await assert.rejects(desk.messages("late", {}, { limit: 5, cursor }), { code: "REQUEST_INVALID" });
  });

  it("by meaning: what says it in other words is found too, in vectors made once each; without the model words answer and say so", async () => {
    house.parts.embedder = embedder;
    const at = await embedMessages(house.parts, 0, new AbortController().signal);
    const made = embedder.texts;
    assert.equal(made, 953, "two words alone mean nothing; all others have a vector");
    assert.equal(await embedMessages(house.parts, at, new AbortController().signal), at);
    assert.equal(embedder.texts, made);
    const corrected = house.db.prepare<[], string>("SELECT id FROM messages WHERE text LIKE '%late%' ORDER BY seq LIMIT 1").pluck().get() ?? "";
    inTransaction(house.db, () => house.parts.store.writes.messages.setTurn(corrected, { text: "Somebody wants it reimbursed soon", speaker: "customer" }));
    await embedMessages(house.parts, at, new AbortController().signal);
    assert.equal(embedder.texts, made + 1, "what was corrected has another meaning, however old it is");
    desk = openSearch(house.parts);
    const found = await desk.messages("refund", {}, { limit: 3 });
    assert.equal(found.by, "words+meaning");
    assert.ok(found.items.some((hit) => hit.message.text === "I want to be reimbursed for this" && hit.snippet.marks.length === 0));
    embedder.broken = true;
    const alone = await desk.messages("refund", {}, { limit: 3 });
    assert.deepEqual([alone.by, alone.items.length], ["words", 2]);
    house.db.exec("DELETE FROM messages WHERE text LIKE 'I want%'");
    assert.equal(house.parts.store.writes.messageVectors.count(embedder.id), 952, "a vector goes with its message");
  });
});
