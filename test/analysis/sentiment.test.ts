// Moods of sentences and of calls.
import assert from "node:assert/strict";
import { moodOf, readSentiment } from "../../app/analysis/facts/sentiment.ts";
import { createPacer } from "../../app/analysis/pacer.ts";
import { readConversation, readPlain } from "../../app/analysis/text/conversation.ts";
import type { Speaker, Turn } from "../../app/domain/index.ts";

const mood = (text: string, speaker: Speaker = "customer"): number => moodOf(readPlain(text).plain.map((word) => word.text).join(" "), speaker);

const bad = ["It still hasn't arrived.", "I was charged twice.", "I am completely fed up.", "This is unacceptable service.", "That's not good enough.", "I'm not happy at all.", "Nobody called me back.", "That was not helpful.", "I will leave and go to another company.", "This is the third time I call."];
const good = ["Thank you so much, you have been very helpful.", "That is perfect, thank you.", "I am very pleased with the service.", "It works now, brilliant."];
const neutral = ["I would like to change my credit card.", "My order number is four five one two.", "Can I pay by card?", "My insurance claim number is nine.", "Please hold."];

describe("moods", () => {
  for (const text of bad) it(`“${text}” is bad`, () => assert.ok(mood(text) < -0.25, `${mood(text)}`));
  for (const text of good) it(`“${text}” is good`, () => assert.ok(mood(text) > 0.25, `${mood(text)}`));
  for (const text of neutral) it(`“${text}” has no mood`, () => assert.ok(Math.abs(mood(text)) < 0.1, `${mood(text)}`));
  it("courtesies of the agent are no mood", () => assert.ok(Math.abs(mood("Thank you for calling, how can I help you today?", "agent")) < 0.1));
  it("negation turns a mood round", () => assert.ok(mood("I am happy with it.") > 0.2 && mood("I am not happy with it.") < -0.2));
});

async function sentiment(turns: [Speaker, number][]): Promise<ReturnType<typeof readSentiment>> {
  const list: Turn[] = turns.map(([speaker], at) => ({ id: `t${at}`, speaker, startMs: at, endMs: at + 1, text: "These are some words.", confidence: 1 }));
  const conversation = await readConversation(list, true, createPacer());
  return readSentiment(conversation, turns.map(([, value]) => value));
}

describe("mood of a call", () => {
  it("improves when the customer's last third is better than the first", async () => {
    const { sentiment: call } = await sentiment([["customer", -0.6], ["agent", 0.9], ["customer", 0], ["customer", 0.5]]);
    assert.deepEqual([call.customer_start, call.customer_end, call.trend], [-0.6, 0.5, "improving"]);
  });
  it("worsens when it is worse, and is steady when the difference is small", async () => {
    assert.equal((await sentiment([["customer", 0.4], ["customer", -0.4]])).sentiment.trend, "worsening");
    assert.equal((await sentiment([["customer", 0.4], ["customer", 0.2]])).sentiment.trend, "steady");
  });
  it("is not known when the parties are not", async () => {
    const { sentiment: call } = await sentiment([["unknown", -0.5], ["unknown", -0.5]]);
    assert.deepEqual([call.overall, call.customer_start, call.customer_end, call.trend], [-0.5, null, null, "unknown"]);
  });
  it("has no overall mood when nothing carries one; turns without mood are absent", async () => {
    const { sentiment: call, turnSentiment } = await sentiment([["customer", 0], ["customer", 0.05]]);
    assert.deepEqual([call.overall, turnSentiment], [null, {}]);
  });
  it("is the customer's, not the agent's", async () => {
    assert.equal((await sentiment([["agent", 0.9], ["customer", -0.5]])).sentiment.overall, -0.5);
    assert.equal((await sentiment([["agent", 0.9]])).sentiment.overall, null);
  });
});
