// Conversations of every shipped workflow, and what they fill in: test/fixtures/workflows holds one file per workflow.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createMessageReader, foldForm, loadWorkflows, prepareWorkflow } from "../../../app/analysis/index.ts";
import type { Speaker } from "../../../app/domain/index.ts";
import { installationRoot } from "../../../app/platform/index.ts";

interface Golden {
  title: string;
  country?: string;
  at?: string;
  messages: [Speaker, string, { slots?: Record<string, string>; intent?: string }?][];
  slots: Record<string, string> | null;
  missing?: string[];
  ask?: string;
}

const folder = join(installationRoot(), "test", "fixtures", "workflows");
const workflows = loadWorkflows(join(installationRoot(), "config", "workflows"));

describe("workflows: conversations fill forms", () => {
  it("every shipped workflow has its conversations", () => {
    assert.deepEqual(readdirSync(folder).sort(), workflows.map((one) => `${one.name}.json`).sort());
  });

  for (const definition of workflows) {
    const workflow = prepareWorkflow(definition);
    for (const golden of JSON.parse(readFileSync(join(folder, `${definition.name}.json`), "utf8")) as Golden[]) {
      it(`${definition.name}: ${golden.title}`, () => {
        const begin = Date.parse(golden.at ?? "2026-11-03T10:00:00Z");
        const messages = golden.messages.map(([speaker, text, { slots, intent } = {}], at) => ({ id: `m${at}`, speaker, text, atMs: begin + at * 20_000, ...(slots === undefined ? {} : { fields: slots }), ...(intent === undefined ? {} : { intent }) }));
        const form = foldForm(workflow, { messages, reasons: [] }, createMessageReader({ country: golden.country ?? "GB", timeZone: "Europe/London" }));
        if (golden.slots === null) return assert.equal(form, undefined);
        assert.ok(form);
        assert.deepEqual(Object.fromEntries(Object.entries(form.slots).map(([name, slot]) => [name, slot.value])), sorted(golden.slots, definition.slots));
        assert.deepEqual(form.missing, golden.missing);
        assert.equal(form.isComplete, golden.missing?.length === 0);
        if (golden.ask !== undefined) assert.equal(form.ask, golden.ask);
        for (const slot of Object.values(form.slots)) {
          assert.ok(slot.evidence.length > 0 && slot.quote !== "" && slot.confidence > 0 && slot.confidence <= 1);
          const said = messages.filter((one) => slot.evidence.includes(one.id)).map((one) => `${one.text} ${JSON.stringify(one.fields ?? {}).replace(/[{}"]/g, " ").replaceAll(":", ": ")}`).join("\n");
          assert.ok(slot.source === "bot" || said.includes(slot.quote), `${slot.quote} stands in the messages that are cited`);
        }
      });
    }
  }
});

/** In the order of the definition: deepEqual of objects does not look at it, but a reader of a failure does. */
function sorted(slots: Record<string, string>, order: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(Object.keys(order).flatMap((name) => (slots[name] === undefined ? [] : [[name, slots[name]]])));
}
