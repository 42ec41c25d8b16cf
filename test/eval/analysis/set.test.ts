// The labelled conversations keep their own rules: whoever adds one is told here what is missing or cannot be so.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse as parseYaml } from "yaml";
import { installationRoot } from "../../../app/platform/index.ts";
import { readAnalysisSet, readFormConversations, says, SLOTS, SPLITS } from "./set.ts";

const taxonomy = parseYaml(readFileSync(join(installationRoot(), "config", "taxonomy.yaml"), "utf8")) as { topics: Record<string, { label: string; reasons: Record<string, unknown> }> };
const topicOf = (reason: string): string | undefined => {
  const [topic = "", name = ""] = reason.split(".");
  const found = taxonomy.topics[topic];
  return found?.reasons[name] === undefined ? undefined : found.label;
};
const set = SPLITS.map((split) => readAnalysisSet(split));
const all = set.flat();
const wrong = (ofOne: (one: (typeof all)[number]) => unknown[]): string[] => all.flatMap((one) => ofOne(one).map((what) => `${one.id}: ${String(what)}`));

describe("labelled conversations", () => {
  it("are at least 80 in each split, with every topic and channel in both, and no name twice", () => {
    const topics = Object.values(taxonomy.topics).map((topic) => topic.label);
    for (const split of set) {
      assert.ok(split.length >= 80, `${split.length} conversations`);
      assert.deepEqual(topics.filter((label) => split.filter((one) => one.labels.topic === label).length < 5), []);
      assert.deepEqual(["phone", "whatsapp", "web_chat", "email", "sms", "document"].filter((channel) => !split.some((one) => one.channel === channel)), []);
      assert.deepEqual(Object.keys(SLOTS).filter((workflow) => split.filter((one) => one.labels.slots.workflow === workflow).length < 5), []);
    }
    const numbers = all.map((one) => /^[a-z_]+-\d+/.exec(one.id)?.[0]);
    assert.equal(new Set(numbers).size, all.length);
  });

  it("are told in order of time, with ids from t1 on", () => {
    assert.deepEqual(wrong(({ turns }) => turns.filter((turn, i) => turn.id !== `t${i + 1}` || turn.end_ms < turn.start_ms || turn.start_ms < (turns[i - 1]?.start_ms ?? 0)).map((turn) => turn.id)), []);
  });

  it("are labelled with topics and reasons of the taxonomy", () => {
    const labels = Object.values(taxonomy.topics).map((topic) => topic.label);
    assert.deepEqual(wrong(({ labels: { topic, reason, also_accept } }) => [
      ...[reason ?? [], also_accept].flat().filter((code) => topicOf(code) === undefined),
      ...(reason === null ? topic !== null && !labels.includes(topic) : topicOf(reason) !== topic) ? [topic] : [],
    ]), []);
  });

  it("say each key fact in the turns that it cites, and all other labelled words somewhere", () => {
    assert.deepEqual(wrong(({ turns, labels }) => labels.key_facts.flatMap((fact) => {
      const cited = turns.filter((turn) => fact.turns.includes(turn.id));
      const text = cited.map((turn) => turn.text).join("\n");
      return [...(cited.length === fact.turns.length ? [] : [fact.turns]), ...fact.all_of.filter((words) => !says(text, words))];
    })), []);
    assert.deepEqual(wrong(({ turns, labels }) => {
      const text = turns.map((turn) => turn.text).join("\n");
      return [labels.action_items, labels.promises, labels.intent ?? []].flat().flatMap((item) => item.about).filter((words) => !says(text, words));
    }), []);
  });

  it("make every promise an action item, as the analysis does", () => {
    assert.deepEqual(wrong(({ labels }) => labels.promises.filter(({ by, about, due }) => !labels.action_items.some((item) => item.owner === by && item.due === due && item.about.join() === about.join())).map((promise) => promise.about)), []);
  });

  it("fill only slots that the workflow has, in normal form", () => {
    const forms: [RegExp, RegExp][] = [
      [/^(date|since|valid_from|date_of_birth|callback_date)$/, /^\d{4}-\d\d-\d\d$/], [/^(time|callback_time)$/, /^([01]\d|2[0-3]):[0-5]\d$/], [/^phone$/, /^\+\d{9,15}$/], [/^email$/, /^[^\s@]+@([\w-]+\.)*example\.com$/],
      [/^(amount|budget)$/, /^\d+(\.\d\d)? [A-Z]{3}$/], [/^card_last_four$/, /^\d{4}$/], [/^quantity$/, /^\d+$/], [/^(order_number|account_number)$/, /^[A-Z0-9/-]+$/],
      [/^(replacement|address_confirmed)$/, /^(yes|no)$/], [/^block_reason$/, /^(lost|stolen|fraud)$/], [/^resolution$/, /^(refund|exchange|repair)$/],
    ];
    assert.deepEqual(wrong(({ labels: { slots } }) => Object.entries(slots.values).filter(([slot, value]) => !SLOTS[slots.workflow ?? ""]?.includes(slot) || forms.some(([name, form]) => name.test(slot) && !form.test(value)))), []);
  });
});

describe("says", () => {
  it("takes a stem at the start of a word, and a number only whole", () => {
    assert.ok(says("They refunded £1,284 on the 3rd.", "refund") && says("They refunded £1,284 on the 3rd.", "1284") && says("due on the 3rd", "3") && says("twenty-one pounds", "no|twenty one"));
    assert.ok(!says("30 days", "3") && !says("unpaid", "paid") && !says("Größe", "grosse"));
  });

  it("of the forms, twenty of each workflow are told in order, with slots that the workflow has", () => {
    const forms = readFormConversations();
    for (const name of Object.keys(SLOTS)) assert.equal(forms.filter(({ labels }) => labels.slots.workflow === name).length, 20, name);
    assert.deepEqual(forms.flatMap(({ id, turns }) => turns.flatMap((turn, at) => (turn.id !== `t${at + 1}` || turn.end_ms < turn.start_ms || turn.start_ms < (turns[at - 1]?.start_ms ?? 0) ? [`${id}: ${turn.id}`] : []))), []);
    assert.deepEqual(forms.flatMap(({ id, labels: { reason, slots } }) => [...(topicOf(reason) === undefined ? [reason] : []), ...Object.keys(slots.values).filter((slot) => SLOTS[slots.workflow ?? ""]?.includes(slot) !== true)].map((what) => `${id}: ${what}`)), []);
  });
});
