import { strict as assert } from "node:assert";
import fc from "fast-check";
import { foldLogin, passwordProblem, PERSON_ROLES, SEES, SEES_OF_ROLE, settleStanding } from "../../app/domain/index.ts";

describe("people: what each may see", () => {
  it("a standing never says more than its role allows, and names whose contacts it means", () => {
    const id = fc.option(fc.constantFrom("201", "x"), { nil: null });
    fc.assert(
      fc.property(fc.constantFrom(...PERSON_ROLES), fc.option(fc.constantFrom(...SEES), { nil: undefined }), id, id, (role, sees, agentId, team) => {
        const settled = settleStanding({ role, sees, agentId, team });
        if ("path" in settled) return;
        assert.ok(SEES_OF_ROLE[role].includes(settled.sees));
        assert.ok(sees === undefined || settled.sees === sees);
        assert.ok(settled.sees !== "own" || settled.agentId !== null);
        assert.ok(settled.sees !== "team" || settled.team !== null);
      }),
    );
  });

  it("without a word an administrator sees all, a supervisor of a team the team, an agent own contacts, and an agent without number nothing can be", () => {
    assert.equal((settleStanding({ role: "admin", team: "billing" }) as { sees: string }).sees, "all");
    assert.equal((settleStanding({ role: "supervisor", team: "billing" }) as { sees: string }).sees, "team");
    assert.equal((settleStanding({ role: "supervisor", agentId: "204", team: "billing" }) as { sees: string }).sees, "team", "an agent who becomes supervisor of a team does not see the whole house");
    assert.equal((settleStanding({ role: "supervisor" }) as { sees: string }).sees, "all");
    assert.equal((settleStanding({ role: "agent", agentId: "204", team: "billing" }) as { sees: string }).sees, "own");
    assert.deepEqual((settleStanding({ role: "agent" }) as { path: string }).path, "agent");
    assert.deepEqual((settleStanding({ role: "agent", sees: "all" }) as { path: string }).path, "sees");
    assert.deepEqual((settleStanding({ role: "admin", sees: "team", team: "billing" }) as { path: string }).path, "sees");
  });

  it("login names are one in whatever letters they are typed, and folding twice changes nothing", () => {
    assert.equal(foldLogin("  Ana.Keller "), "ana.keller");
    assert.equal(foldLogin("Ａｎａ"), "ana");
    for (const bad of ["", "a", ".ana", "ana keller", "a\nb", "<b>", `a${"b".repeat(64)}`]) assert.equal(foldLogin(bad), undefined, bad);
    fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => {
      const folded = foldLogin(text);
      assert.ok(folded === undefined || foldLogin(folded) === folded);
    }));
  });
});

describe("people: which passwords are taken", () => {
  const known = ["ana.keller", "Ana Keller"];

  it("twelve characters of any kind are enough, also twelve letters, digits or signs of another script", () => {
    for (const good of ["correct horse battery", "мой дом у реки", "zwölf kleine Wörter", "839201748265", "🐢🐇🦔🐝🦊🐻🐼🐨🐯🦁🐮🐷", "the password is a long river"]) assert.equal(passwordProblem(good, known), undefined, good);
    assert.match(passwordProblem("elevenchars", known) ?? "", /at least 12/);
    assert.match(passwordProblem("🐢🐇🦔🐝🦊🐻🐼🐨🐯🦁🐮", known) ?? "", /at least 12/);
    assert.match(passwordProblem("x".repeat(201), known) ?? "", /at most 200/);
  });

  it("what everybody tries first is not: common words with digits, one piece over and over, a row of the keyboard, the own name", () => {
    for (const bad of ["password1234", "Passw0rd!2024", "passwordpassword", "letmein-letmein", "ADMINISTRATOR", "welcome2earshot", "1q2w3e4r5t6y", "iloveyou12345", "aaaaaaaaaaaa", "abababababab", "abcabcabcabcab", "123456789012", "098765432109", "qwertyuiopas", "qwertzuiopasd", "ana.keller2026", "KellerAnaKeller1", "Ana-Keller-99"]) {
      assert.ok(passwordProblem(bad, known) !== undefined, bad);
    }
  });
});
