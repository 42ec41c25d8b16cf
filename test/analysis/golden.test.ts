// Golden conversations: what a supervisor should read after each of these calls. A new case is a new file in test/fixtures/analysis/.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createExtractiveEngine, isProved, loadTaxonomy, readEvidence } from "../../app/analysis/index.ts";
import type { Analysis, Speaker, Turn } from "../../app/domain/index.ts";
import { installationRoot } from "../../app/platform/index.ts";

interface Golden {
  title: string;
  language?: string;
  turns: [Speaker, string, number?][];
  expect: {
    topic: string | null;
    reason: string | null;
    topic_evidence?: string[];
    outcome: string;
    outcome_evidence?: string[];
    /** owner, text, due */
    action_items: [string, string, string | null][];
    trend?: string;
    mood?: "bad" | "good" | "none";
    /** stretches that the paragraph contains */
    summary: string[];
    /** words it must not contain */
    summary_without?: string[];
    /** kind and value that are among the entities */
    entities: [string, string][];
    points?: number;
    intent?: string | null;
    /** by whom, text, due */
    promises?: [string, string, string | null][];
    /** levels of escalation and churn */
    risks?: [string, string];
  };
}

const folder = join(installationRoot(), "test", "fixtures", "analysis");
const engine = createExtractiveEngine({ taxonomy: loadTaxonomy(join(installationRoot(), "config", "taxonomy.yaml")), companyNames: ["Northwind"] });

function turnsOf(golden: Golden): Turn[] {
  return golden.turns.map(([speaker, text, confidence], at) => ({ id: `t${at + 1}`, speaker, startMs: at * 5000, endMs: at * 5000 + 4000, text, confidence: confidence ?? 0.9 }));
}

describe("analysis of golden conversations", () => {
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".json")).sort()) {
    const golden = JSON.parse(readFileSync(join(folder, file), "utf8")) as Golden;
    it(`${file.replace(".json", "")}: ${golden.title}`, async () => {
      const turns = turnsOf(golden);
      // a Wednesday
      const analysis = await engine.analyse({ turns, startedAtMs: Date.UTC(2026, 10, 4, 10), timeZone: "Europe/London", language: golden.language ?? "en", durationMs: turns.length * 5000 });
      const { expect } = golden;
      assert.deepEqual([analysis.topic, analysis.reason, analysis.outcome], [expect.topic, expect.reason, expect.outcome]);
      assert.deepEqual(analysis.action_items.map((item) => [item.owner, item.text, item.due]), expect.action_items);
      for (const id of expect.topic_evidence ?? []) assert.ok(analysis.topic_evidence.includes(id), `topic should cite ${id}, cites ${analysis.topic_evidence.join()}`);
      for (const id of expect.outcome_evidence ?? []) assert.ok(analysis.outcome_evidence.includes(id), `outcome should cite ${id}, cites ${analysis.outcome_evidence.join()}`);
      for (const part of expect.summary) assert.ok(analysis.summary.includes(part), `summary lacks “${part}”: ${analysis.summary}`);
      for (const part of expect.summary_without ?? []) assert.ok(!analysis.summary.includes(part), `summary should not contain “${part}”: ${analysis.summary}`);
      for (const [kind, value] of expect.entities) {
        assert.ok(analysis.entities.some((entity) => entity.kind === kind && entity.value === value), `no ${kind} ${value} among ${analysis.entities.map((entity) => `${entity.kind} ${entity.value}`).join(", ")}`);
      }
      if (expect.trend !== undefined) assert.equal(analysis.sentiment.trend, expect.trend);
      if (expect.mood === "bad") assert.ok((analysis.sentiment.overall ?? 0) < -0.15, `mood ${analysis.sentiment.overall}`);
      if (expect.mood === "none") assert.equal(analysis.sentiment.overall, null);
      if (expect.points !== undefined) assert.equal(analysis.summary_points.length, expect.points);
      if (expect.intent !== undefined) assert.equal(analysis.intent?.text ?? null, expect.intent);
      if (expect.promises !== undefined) assert.deepEqual(analysis.promises.map((one) => [one.by, one.text, one.due]), expect.promises);
      if (expect.risks !== undefined) assert.deepEqual([analysis.risks.escalation.level, analysis.risks.churn.level], expect.risks);
      checkEvidence(analysis, turns, golden.language === undefined);
    });
  }
});

/** Holds for every analysis of every call. */
function checkEvidence(analysis: Analysis, turns: readonly Turn[], english: boolean): void {
  const words = readEvidence(turns, english);
  for (const point of analysis.summary_points) assert.ok(isProved(point.text, point.evidence, words, english), `not proved: ${point.text}`);
  for (const item of analysis.action_items) assert.ok(isProved(item.text, item.evidence, words), `not proved: ${item.text}`);
  for (const found of [...analysis.promises, ...(analysis.intent === null ? [] : [analysis.intent])]) assert.ok(isProved(found.text, found.evidence, words), `not proved: ${found.text}`);
  for (const risk of [analysis.risks.escalation, analysis.risks.churn]) assert.equal(risk.evidence.length > 0, risk.level !== "none");
  for (const entity of analysis.entities) {
    const cited = turns.filter((turn) => entity.evidence.includes(turn.id)).map((turn) => turn.text.toLowerCase()).join(" ");
    assert.ok(cited.includes(entity.text.toLowerCase()) || entity.value?.toLowerCase() === entity.text.toLowerCase(), `entity “${entity.text}” is not in the turns it cites`);
  }
  assert.ok(analysis.summary_points.length <= 5);
  assert.deepEqual(analysis.coverage, { turns_read: turns.length, turns_total: turns.length });
}
