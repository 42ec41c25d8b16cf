// Workflows as files: what is read, and that every mistake of every file is said at once.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadWorkflows } from "../../../app/analysis/index.ts";
import { AppError } from "../../../app/domain/index.ts";

const GOOD = `
name: callback
version: 1
title: Callback
purpose: The customer wants to be called.
begins: { phrases: [call me back] }
slots:
  phone: { type: phone, ask: On which number?, required: true }
retention_days: 30
`;

describe("workflows: the files", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "earshot-workflows-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const problemsOf = (files: Record<string, string>): string[] => {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    try {
      loadWorkflows(folder);
    } catch (error) {
      assert.ok(error instanceof AppError && error.code === "CONFIG_INVALID");
      return (error.details["problems"] as { path: string; message: string }[]).map((one) => `${one.path}: ${one.message}`);
    }
    return [];
  };

  it("a file without mistakes is read, others in the folder are left alone", () => {
    assert.deepEqual(problemsOf({ "callback.yaml": GOOD, "README.md": "notes", ".draft.yaml": "name: [" }), []);
    assert.deepEqual(loadWorkflows(folder).map((one) => [one.name, one.complete.min_confidence, one.slots["phone"]?.from]), [["callback", 0.5, "customer"]]);
  });

  it("all mistakes of all files are named with file and path", () => {
    const found = problemsOf({
      "a.yaml": GOOD.replace("type: phone", "type: telephone").replace("retention_days: 30", "retention_days: 0"),
      "b.yaml": GOOD.replace("required: true", "required_when: { country: DE }"),
      "c.yaml": "name: [",
      "d.yaml": GOOD.replace("phrases: [call me back]", ""),
      "e.yaml": GOOD.replace("type: phone", "type: enum"),
      "f.yaml": GOOD.replace("type: phone", 'type: reference, pattern: "(a+)+"'),
      "g.yaml": GOOD,
      "h.yaml": GOOD,
      "i.yaml": GOOD.replace(", required: true", ""),
      "j.yaml": `${GOOD}endpoint: { url: "ftp://crm", secrets: x }\n`,
    });
    for (const expected of [/^a\.yaml: slots\.phone\.type: /, /^a\.yaml: retention_days: /, /^b\.yaml: slots\.phone\.required_when\.country: there is no slot country/, /^c\.yaml: line 1: is not YAML/, /^d\.yaml: begins: expected reasons, phrases or intents/, /^e\.yaml: slots\.phone\.values: /, /^f\.yaml: slots\.phone\.pattern: /, /^h\.yaml: name: another file describes callback/, /^i\.yaml: complete: /, /^j\.yaml: endpoint\.url: /, /^j\.yaml: endpoint: .*secrets/]) {
      assert.ok(found.some((one) => expected.test(one)), `${expected} among\n${found.join("\n")}`);
    }
  });

  it("a folder that is not there is said with the setting that names it", () => {
    assert.throws(() => loadWorkflows(join(folder, "nowhere")), (error) => error instanceof AppError && error.code === "CONFIG_INVALID" && error.message.includes("workflows.folder"));
  });
});
