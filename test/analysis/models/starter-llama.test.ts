// The language model that ships: taken when it is named, and what it says of a call is proved by the call.
import assert from "node:assert/strict";
import { join } from "node:path";
import { chooseEngine, isQuoted } from "../../../app/analysis/index.ts";
import type { Turn } from "../../../app/domain/index.ts";
import { configSchema, createNet, installationRoot, silentLog, systemClock } from "../../../app/platform/index.ts";

const SAID: [Turn["speaker"], string][] = [
  ["agent", "Thank you for calling Northwind, this is Maya. How can I help?"], ["customer", "Hi, I was charged twice for my order last week and I would like the second payment back."],
  ["agent", "I am sorry about that. Can I have the order number?"], ["customer", "Yes, it is four five one two."], ["agent", "Thank you. I will refund the second payment today."], ["customer", "Great, thank you."],
];

describe("analysis/models: the starter that ships", () => {
  const turns = SAID.map(([speaker, text], i): Turn => ({ id: `t${i}`, speaker, text, startMs: i * 4000, endMs: i * 4000 + 3000, confidence: 0.9 }));
  const root = installationRoot();
  const places = { root, dataDir: join(root, "nowhere"), net: createNet({ log: silentLog, clock: systemClock }), clock: systemClock, log: silentLog };

  it("reads a call, and every finding stands in the turns that it cites", async () => {
    const engine = chooseEngine(configSchema.parse({ analysis: { engine: "llama", model: "starter-llama" } }).analysis, places);
    try {
      const analysis = await engine.analyse({ startedAtMs: Date.UTC(2026, 10, 4, 10), timeZone: "Europe/London", language: "en", durationMs: 30_000, turns });
      assert.deepEqual([analysis.engine, analysis.model, analysis.coverage], ["llama", "starter-llama", { turns_read: 6, turns_total: 6 }]);
      const findings = [...analysis.summary_points, ...(analysis.intent === null ? [] : [analysis.intent])];
      assert.ok(findings.length >= 2, analysis.summary);
      for (const { text, evidence } of findings) {
        const cited = evidence.map((id) => turns.find((turn) => turn.id === id)?.text ?? assert.fail(`${id} is a turn`));
        assert.ok(isQuoted(text.replace(/^(Customer|Agent): /, ""), cited), text);
      }
    } finally {
      await engine.stop?.();
    }
  });
});
