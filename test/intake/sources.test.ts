// Every telephone system's notification, as golden data: a new case is a new file in test/fixtures/intake/notifications.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { AppError, callIdSchema, type Reference } from "../../app/domain/index.ts";
import { loadNameTemplates, mergeFacts, parseNotification, type SourceContext } from "../../app/intake/index.ts";
import { installationRoot, type SourceConfig } from "../../app/platform/index.ts";

interface Golden {
  about: string;
  adapter: SourceConfig["adapter"];
  source?: Partial<SourceConfig>;
  request: { contentType: string; query?: Record<string, string>; text?: string; json?: unknown };
  expect?: unknown[];
  refused?: { code: string; paths: string[] };
}

const templates = loadNameTemplates();

/** A source in Berlin (UTC+1 in November). */
function context(adapter: SourceConfig["adapter"], source: Partial<SourceConfig> = {}): SourceContext {
  const config: SourceConfig = { name: "pbx", adapter, auth: { type: "none" }, allow_ips: ["10.0.0.0/8"], recorded_leg: "trunk", ...source };
  return { source: config, timeZone: "Europe/Berlin", nowMs: Date.UTC(2026, 10, 3, 13, 20), templates };
}

describe("intake sources: what a telephone system says becomes a notification", () => {
  const folder = join(installationRoot(), "test", "fixtures", "intake", "notifications");
  for (const file of readdirSync(folder).sort()) {
    const golden = JSON.parse(readFileSync(join(folder, file), "utf8")) as Golden;
    it(`${file.replace(".json", "")}: ${golden.about}`, () => {
      const { request } = golden;
      const body = Buffer.from(request.text ?? JSON.stringify(request.json));
      const parse = () => parseNotification(golden.adapter, { body, contentType: request.contentType, query: request.query ?? {} }, context(golden.adapter, golden.source));
      if (golden.refused === undefined) return assert.deepEqual(parse(), golden.expect);
      assert.throws(parse, (error: unknown) => {
        assert.ok(error instanceof AppError, String(error));
        const problems = error.details["problems"] as { path: string; message: string }[];
        assert.deepEqual([error.code, problems.map((problem) => problem.path)], [golden.refused?.code, golden.refused?.paths]);
        for (const problem of problems) assert.match(problem.message, /expected/, `${problem.path} must say what is expected`);
        return true;
      });
    });
  }

  it("a name in an old encoding loses a letter and not the call", () => {
    const body = Buffer.concat([Buffer.from("uniqueid=1793711702.417&callerid_name=M"), Buffer.from([0xfc]), Buffer.from("ller")]);
    const [notification] = parseNotification("freepbx", { body, contentType: undefined, query: {} }, context("freepbx"));
    assert.deepEqual(notification, { kind: "call.ended", facts: { callId: "1793711702.417", startedAtMs: 1793711702000, customerName: "M\ufffdller", references: [{ kind: "uniqueid", value: "1793711702.417" }] } });
  });

  it("the generic body must be UTF-8", () => {
    assert.throws(() => parseNotification("generic", { body: Buffer.from([0x7b, 0xff, 0x7d]), contentType: undefined, query: {} }, context("generic")), { code: "REQUEST_MALFORMED" });
  });

  it("3CX without an id: repeats of a report get the same id, other calls another", () => {
    const id = (over: object): string => {
      const body = Buffer.from(JSON.stringify({ Number: "0612345678", CallType: "Inbound", Agent: "201", CallStartTimeLocal: "2026-11-03 14:15:02", ...over }));
      const [one] = parseNotification("3cx", { body, contentType: "application/json", query: {} }, context("3cx"));
      return one?.kind === "call.ended" ? one.facts.callId : "";
    };
    assert.match(id({}), /^3cx-[0-9a-f]{24}$/);
    assert.equal(id({}), id({}));
    assert.notEqual(id({}), id({ CallStartTimeLocal: "2026-11-03 14:15:03" }));
  });

  const adapters: SourceConfig["adapter"][] = ["generic", "freeswitch", "freepbx", "3cx", "yeastar"];
  const json = fc.oneof(fc.json(), fc.record({ type: fc.constant(30012), msg: fc.oneof(fc.json(), fc.object()) }).map((value) => JSON.stringify(value)), fc.record({ variables: fc.object(), callflow: fc.array(fc.object()) }).map((value) => JSON.stringify(value)));
  const body = fc.oneof(fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)), json.map((text) => Buffer.from(text)), fc.webQueryParameters().map((text) => Buffer.from(text)));

  it("whatever arrives, the answer is notifications with valid ids or an AppError that says what is expected", () => {
    fc.assert(
      fc.property(fc.constantFrom(...adapters), body, fc.constantFrom(undefined, "application/json", "application/x-www-form-urlencoded"), (adapter, bytes, contentType) => {
        try {
          for (const notification of parseNotification(adapter, { body: bytes, contentType, query: {} }, context(adapter, { recordings_folder: "/mnt" }))) {
            if (notification.kind === "ignored") continue;
            assert.ok(callIdSchema.safeParse(notification.facts.callId).success);
            for (const value of Object.values(notification.facts)) assert.notEqual(value, undefined);
          }
        } catch (error) {
          assert.ok(error instanceof AppError && ["REQUEST_MALFORMED", "REQUEST_INVALID"].includes(error.code), String(error));
          assert.ok((error.details["problems"] as unknown[]).length > 0);
        }
      }),
      { numRuns: 1500 },
    );
  });

  it("mergeFacts: what came first stays, and the ids that either side knows are joined", () => {
    const [a, b, c] = ["a", "b", "c"].map((value) => ({ kind: "uuid", value })) as [Reference, Reference, Reference];
    assert.deepEqual(mergeFacts({ callId: "1", queue: "billing", references: [a, b] }, { queue: "sales", agentId: "201", references: [b, c] }), { callId: "1", queue: "billing", agentId: "201", references: [a, b, c] });
    assert.deepEqual(mergeFacts({ callId: "1" }, {}), { callId: "1" });
  });

  it("nothing in a body can reach the prototype of an object", () => {
    parseNotification("freepbx", { body: Buffer.from('{"uniqueid":"1793711702.1","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'), contentType: undefined, query: {} }, context("freepbx"));
    assert.equal(({} as Record<string, unknown>)["polluted"], undefined);
  });
});
