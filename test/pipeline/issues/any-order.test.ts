// What is derived of conversations is what it would be if it were made from nothing, whatever happened, in whatever order.
import assert from "node:assert/strict";
import fc from "fast-check";
import { canFound, measureJourney, readIssue, themeOf, THEMES_MAX } from "../../../app/analysis/index.ts";
import { AppError } from "../../../app/domain/index.ts";
import { deriveAtStart, keepDerived, rebuildDerived, wrongSums } from "../../../app/pipeline/issues/rebuild.ts";
import { BY, HOUR, openIssueHouse, type IssueHouse } from "../../support/issue-house.ts";

const TEXTS = [
  "I was charged twice for my order", "my card was charged twice", "the order arrived with a broken screen", "screen of the order is broken", "please change my delivery address", "hello",
  "the app crashes when I open invoices", "where is my parcel, it is late", "parcel is late again, where is it", "cancel my subscription please", "I cannot log in to my account",
];
const REASONS = [null, null, "billing.double_charge", "delivery.late"];
const PEOPLE = ["ana", "bob", "cem", "dee", ""];

type Step =
  | { what: "says"; who: number; text: number; at: number; channel: string }
  | { what: "found"; of: number; reason: number; outcome: "resolved" | "unresolved" | "follow_up"; text: number; mood: number | null }
  | { what: "change"; of: number; change: { status?: "open" | "resolved"; reason?: string | null; queue?: string | null } }
  | { what: "merge" | "undo" | "split" | "apart" | "together"; of: number; with: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ what: fc.constant("says" as const), who: fc.nat(PEOPLE.length - 1), text: fc.nat(TEXTS.length - 1), at: fc.nat(1500), channel: fc.constantFrom("web_chat", "whatsapp", "sms") }) },
  { weight: 4, arbitrary: fc.record({ what: fc.constant("found" as const), of: fc.nat(50), reason: fc.nat(REASONS.length - 1), outcome: fc.constantFrom("resolved" as const, "unresolved" as const, "follow_up" as const), text: fc.nat(TEXTS.length - 1), mood: fc.option(fc.integer({ min: -100, max: 100 }).map((n) => n / 100)) }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant("change" as const), of: fc.nat(50), change: fc.oneof(fc.record({ status: fc.constantFrom("open" as const, "resolved" as const) }), fc.record({ reason: fc.constantFrom(...REASONS) }), fc.record({ queue: fc.constantFrom("billing", "support", null) })) }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constantFrom("merge" as const, "undo" as const, "split" as const, "apart" as const, "together" as const), of: fc.nat(50), with: fc.nat(50) }) },
);

/** What a person may not do is refused, and changes nothing. */
async function tryTo(work: () => Promise<unknown> | undefined): Promise<void> {
  try {
    await work();
  } catch (error) {
    assert.ok(error instanceof AppError && ["CONFLICT", "REQUEST_INVALID", "NOT_FOUND"].includes(error.code), String(error));
  }
}

async function act(house: IssueHouse, one: Step): Promise<void> {
  const ids = (sql: string): string[] => (house.db.prepare(sql).all() as { id: string }[]).map((row) => row.id);
  const pick = (list: readonly string[], at: number): string => list[at % Math.max(1, list.length)] ?? "";
  const sessions = ids("SELECT id FROM sessions WHERE is_empty = 0 ORDER BY started_at_ms, id");
  const conversations = ids("SELECT id FROM conversations WHERE is_empty = 0 ORDER BY opened_at_ms, id");
  if (one.what === "says") return void house.says(PEOPLE[one.who] ?? "", TEXTS[one.text] ?? "", one.at * HOUR, { channel: one.channel });
  if (sessions.length === 0) return;
  if (one.what === "found") return house.analyse(pick(sessions, one.of), { reason: REASONS[one.reason] ?? null, outcome: one.outcome, intent: TEXTS[one.text] ?? "", mood: one.mood });
  if (one.what === "change") return tryTo(() => house.desk.change(pick(conversations, one.of), one.change, BY));
  if (one.what === "apart") return tryTo(() => house.desk.move(pick(sessions, one.of), null, BY));
  if (one.what === "together") return tryTo(() => house.desk.move(pick(sessions, one.of), pick(conversations, one.with), BY));
  const roots = ids("SELECT id FROM customers c WHERE root_id = id AND EXISTS (SELECT 1 FROM identities WHERE customer_id = c.id) ORDER BY id");
  if (roots.length === 0) return;
  const root = pick(roots, one.of);
  if (one.what === "merge") return tryTo(() => house.desk.merge(root, pick(roots, one.with), "same", BY));
  if (one.what === "undo") return tryTo(() => house.desk.unmerge(root, pick(ids("SELECT id FROM merges ORDER BY id"), one.with), BY));
  return tryTo(() => house.desk.split(root, house.parts.store.writes.customers.addressesOf(root).slice(0, 1), [], "not the same", BY));
}

/** Everything from nothing, beside what is kept. */
function check(house: IssueHouse): void {
  const { issues, journeys } = house.parts.store.writes;
  assert.equal(issues.isBehind(), false, "nothing is left to be settled");
  const open = (house.db.prepare("SELECT id FROM conversations WHERE is_empty = 0 AND status <> 'resolved' ORDER BY id").all() as { id: string }[]).map((row) => row.id);
  const members = issues.allMembers().sort((a, b) => (a.conversationId < b.conversationId ? -1 : 1));
  const fromNothing = open.map((id) => issues.factsOf(id)).map((facts) => facts && readIssue(facts));
  assert.deepEqual(members.map((one) => ({ ...one, themeId: null })), fromNothing, "the rows are what their conversations say");
  assert.deepEqual(wrongSums(house.parts), [], "the sums are those of the rows");
  for (const reason of new Set(members.map((one) => one.reason))) {
    const themes = issues.themes(reason);
    const own = members.filter((one) => one.reason === reason);
    for (const one of own) assert.equal(one.themeId, canFound(one.words) ? (themeOf(one.words, themes)?.id ?? null) : null, "each is in the first theme like it");
    assert.ok(themes.every((theme) => own.some((one) => one.themeId === theme.id)), "no theme stands empty");
    assert.ok(themes.length === THEMES_MAX || own.every((one) => one.themeId !== null || !canFound(one.words)), "whoever says enough is in a theme while there is room");
  }
  const measured = (house.db.prepare("SELECT id FROM conversations ORDER BY id").all() as { id: string }[]).flatMap(({ id }) => {
    const journey = journeys.journeyOf(id);
    return journey === undefined ? [] : measureJourney(journey).map((one) => `${one.sessionId} ${id} ${one.values.first_contact_resolution ?? ""} ${one.values.repeat_contact}`);
  });
  const kept = (house.db.prepare("SELECT session_id, conversation_id, first_contact_resolution AS first, repeat_contact AS again FROM journey_contacts").all() as { session_id: string; conversation_id: string; first: number | null; again: number }[])
    .map((row) => `${row.session_id} ${row.conversation_id} ${row.first === null ? "" : row.first < 0 ? "still_open" : row.first} ${row.again < 0 ? "customer_unknown" : row.again}`);
  assert.deepEqual(kept.sort(), measured.sort(), "contacts are measured as their conversations are now");
}

describe("what is derived of conversations", () => {
  it("is after any messages, findings, decisions, merges, splits and moves what it would be from nothing", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        const house = openIssueHouse();
        try {
          for (const [i, one] of steps.entries()) {
            await act(house, one);
            if (i % 6 === 0) check(house);
          }
          check(house);
        } finally {
          house.close();
        }
      }),
      { numRuns: 10 },
    );
  });

  it("made again it is the same; made wrong it is mended; themes founded anew do not depend on the order in which things came", async () => {
    const says = TEXTS.flatMap((text, i) => PEOPLE.slice(0, 4).map((who, k) => ({ who: `${who}${i}`, text: `${text} ${"again ".repeat(k)}`, at: i * 7 + k * 60 })));
    const pictures = new Set<string>();
    for (const order of [says, [...says].reverse(), [...says].sort((a, b) => (a.at * 37) % 101 - ((b.at * 37) % 101))]) {
      const house = openIssueHouse();
      for (const one of order) house.says(one.who, one.text, one.at * HOUR);
      const rows = (): unknown => house.db.prepare("SELECT * FROM issue_tallies").all();
      const before = rows();
      assert.equal((await rebuildDerived(house.parts, false)).mended, 0);
      assert.deepEqual(rows(), before, "nothing changes");
      house.db.exec("UPDATE issue_tallies SET customers = customers + 3 WHERE scope = 'all'; DELETE FROM issue_tallies WHERE scope = 'other'");
      assert.ok((await rebuildDerived(house.parts, false)).mended > 0);
      assert.deepEqual(rows(), before, "and is mended");
      check(house);
      await rebuildDerived(house.parts, true);
      check(house);
      const groups = (await house.issues.unresolved({ limit: 20 })).items.map((one) => [one.customers, one.conversations, one.quotes.map((quote) => quote.text).sort()]);
      pictures.add(JSON.stringify(groups.sort()));
      house.close();
    }
    assert.equal(pictures.size, 1);
  });

  it("at the start what is missing or left over is made again: after an upgrade, a fault, and for other definitions", async () => {
    const house = openIssueHouse();
    for (const [i, text] of TEXTS.entries()) house.says(`p${i}`, text, i * HOUR);
    const ROWS = ["conversation_id, reason, words FROM issue_members ORDER BY 1", "channel, queue, conversations, customers FROM issue_tallies ORDER BY 1, 2, 3, 4", "* FROM journey_contacts ORDER BY 1"];
    const rows = (): unknown[] => ROWS.map((what) => house.db.prepare(`SELECT ${what}`).all());
    const right = rows();
    const start = (): Promise<void> => deriveAtStart(house.parts, new AbortController().signal);
    house.db.exec("DELETE FROM issue_members; DELETE FROM issue_tallies; DELETE FROM issue_themes; DELETE FROM journey_contacts; INSERT INTO derive_later (conversation_id) SELECT id FROM conversations");
    await start();
    assert.deepEqual(rows(), right, "as a migration leaves it");
    for (const damage of ["DELETE FROM issue_members WHERE conversation_id = (SELECT min(conversation_id) FROM issue_members)", "UPDATE issue_tallies SET conversations = conversations + 1", "UPDATE derived_by SET version = 'old'; UPDATE journey_contacts SET channel_mix = 0"]) {
      house.db.exec(damage);
      assert.notDeepEqual(rows(), right, damage);
      await start();
      assert.deepEqual(rows(), right, damage);
      check(house);
    }
    house.close();
  });

  it("a conversation of very many contacts is made again in the background, once a round however often it changes", async () => {
    const house = openIssueHouse();
    const { issues } = house.parts.store.writes;
    for (let i = 0; i < 60; i++) house.says("switchboard", `${TEXTS[i % TEXTS.length]}`, i * 30 * HOUR);
    const waiting = house.db.prepare("SELECT conversation_id, (SELECT count(*) FROM sessions s WHERE s.conversation_id = l.conversation_id) AS size FROM derive_later l").all() as { size: number }[];
    assert.equal(waiting.length, 1, "it waits once");
    assert.ok((waiting[0]?.size ?? 0) > 50);
    const stop = new AbortController();
    const kept = keepDerived(house.parts, stop.signal);
    while (issues.isBehind()) await new Promise((resolve) => setImmediate(resolve));
    stop.abort();
    await kept;
    check(house);
    house.close();
  });

  it("bounded themes: when all places are taken the rest waits, and takes the place of whoever leaves", async () => {
    const house = openIssueHouse();
    const word = (i: number): string => `${"bcdfghjklmnpqrstvwxz"[i % 20]}${"aeiou"[Math.floor(i / 20) % 5]}`;
    const text = (i: number): string => `${word(i)}mpel ${word(i)}rtuk ${word(i)}nwosch`;
    const ids = Array.from({ length: THEMES_MAX + 5 }, (_, i) => house.says(`p${i}`, text(i), i * HOUR));
    check(house);
    const { issues } = house.parts.store.writes;
    assert.deepEqual([issues.themes("").length, issues.unplaced("").length], [THEMES_MAX, 5]);
    house.says("late", text(THEMES_MAX), 900 * HOUR);
    await house.desk.change(house.conversationOf(ids[3] ?? ""), { status: "resolved" }, BY);
    assert.deepEqual([issues.themes("").length, issues.unplaced("").length], [THEMES_MAX, 4], "the one that waited longest, and the other one that says the same");
    check(house);
    house.close();
  });
});
