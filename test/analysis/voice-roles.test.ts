// Which of two voices is the agent: by what they say, or not at all.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { decideRoles } from "../../app/analysis/index.ts";
import type { Direction } from "../../app/domain/index.ts";
import { installationRoot } from "../../app/platform/index.ts";

const folder = join(installationRoot(), "scripts", "demo", "calls");
interface Sample {
  call_id: string;
  direction?: Direction;
  said: { speaker: "agent" | "customer"; text: string }[];
}
const samples = readdirSync(folder).filter((name) => name.endsWith(".json")).map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")) as Sample);
const decide = (lines: readonly (readonly [0 | 1, string])[], more: Partial<Parameters<typeof decideRoles>[0]> = {}) =>
  decideRoles({ turns: lines.map(([voice, text]) => ({ voice, text })), direction: "unknown", companyNames: [], ...more });

describe("analysis: roles of two voices", () => {
  for (const { call_id, direction = "unknown", said } of samples) {
    for (const agent of [0, 1] as const) {
      it(`decideRoles: finds the agent of ${call_id}, as voice ${agent + 1}`, () => {
        const roles = decide(said.map(({ speaker, text }) => [(speaker === "agent" ? agent : 1 - agent) as 0 | 1, text]), { direction });
        assert.equal(roles.map?.[`${agent}`], "agent", JSON.stringify(roles));
        assert.ok(roles.confidence > 0.85);
        assert.ok(roles.reasons.length > 0);
        for (const reason of roles.reasons) assert.ok(reason.startsWith(`voice ${agent + 1} `) || reason.startsWith(`voice ${2 - agent} `));
      });
    }
  }

  it("decideRoles: who speaks first is not enough, nor is small talk", () => {
    for (const direction of ["inbound", "outbound", "internal", "unknown"] as const) {
      assert.equal(decide([[0, "Hello?"], [1, "Hello, how are you?"], [0, "Fine, thank you, and you?"]], { direction }).map, null);
    }
    assert.equal(decide([]).map, null);
    assert.equal(decide([[0, ""], [1, "…"]]).map, null);
  });

  it("decideRoles: signs that speak against each other leave it open", () => {
    const roles = decide([[0, "Thank you for calling, how can I help you?"], [1, "Thank you for calling, how can I help you?"]]);
    assert.deepEqual(roles, { map: null, confidence: 0.62, reasons: [] });
  });

  it("decideRoles: the configured name of the firm and the name of the agent are signs", () => {
    const lines = [[0, "Good morning."], [1, "Brightwell, good morning, Laura speaking."], [0, "Ah, good."]] as const;
    assert.equal(decide(lines).map, null);
    assert.equal(decide(lines, { companyNames: ["Brightwell"] }).map?.["1"], "agent");
    assert.equal(decide([[0, "Hello."], [1, "Hi, this is Laura."]], { agentName: "Laura Bennett" }).map?.["1"], "agent");
  });

  it("decideRoles: a sign counts once, however often it is given", () => {
    const once = decide([[0, "I am calling about my bill."], [1, "Yes?"]]);
    const often = decide(Array.from({ length: 9 }, () => [0, "I am calling about my bill."] as const));
    assert.equal(once.confidence, often.confidence);
    assert.equal(once.map?.["0"], "customer");
  });
});
