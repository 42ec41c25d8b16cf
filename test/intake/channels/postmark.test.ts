// Postmark's inbound webhook: golden posts, and what becomes of bad ones.
import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "../../../app/domain/index.ts";
import { parsePostmark, type MailContext } from "../../../app/intake/index.ts";
import { installationRoot } from "../../../app/platform/index.ts";

const FOLDER = join(installationRoot(), "test/fixtures/channels/postmark");
const context: MailContext = { source: "postmark", own: { addresses: [], domains: ["ours.example"], relays: [] }, folder: "inbox", receivedAtMs: Date.UTC(2026, 10, 3, 12, 16), trustFrom: "always", referencePattern: String.raw`\[#(\d+)\]` };
const posts = readdirSync(FOLDER).filter((name) => name.endsWith(".json") && !name.endsWith(".means.json"));
const post = (name: string): unknown => JSON.parse(readFileSync(join(FOLDER, name), "utf8"));

describe("postmark: golden posts", () => {
  for (const name of posts) {
    it(`${name} means what its .means.json says`, () => {
      const expected = join(FOLDER, name.replace(/json$/, "means.json"));
      const { events, files } = parsePostmark(post(name), context);
      const found = { events, files: files.map(({ of, attachment }) => ({ of, ...attachment })) };
      if (process.env["RENEW_GOLDEN"]) writeFileSync(expected, `${JSON.stringify(found, null, 1)}\n`);
      assert.deepEqual(found, JSON.parse(readFileSync(expected, "utf8")));
    });
  }

  it("bodies of the wrong shape are refused with path and expectation", () => {
    for (const body of [undefined, null, 7, "x", [], { From: 7 }, { Headers: [{}] }, { Attachments: [{ Name: "x" }] }, { ToFull: "a@b" }]) {
      assert.throws(() => parsePostmark(body, context), (error) => error instanceof AppError && error.code === "REQUEST_INVALID" && (error.details["problems"] as unknown[]).length > 0, JSON.stringify(body));
    }
    assert.deepEqual(parsePostmark({}, context).events[0]?.kind, "message", "every field may be missing");
  });

  it("1,000 damaged posts never end in anything but an AppError", () => {
    let seed = 4711;
    const next = (limit: number): number => (seed = (seed * 48_271) % 2_147_483_647) % limit;
    const odd: unknown[] = [null, 0, -1, "", "\0\r\n", [], {}, [[]], "x".repeat(5000), { Email: null }, true];
    const damage = (value: unknown): unknown => {
      if (next(12) === 0) return odd[next(odd.length)];
      if (Array.isArray(value)) return value.map(damage);
      return typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value).filter(() => next(20) > 0).map(([key, inner]) => [key, damage(inner)])) : value;
    };
    let understood = 0;
    for (let n = 0; n < 1000; n++) {
      try {
        parsePostmark(damage(post(posts[n % posts.length] ?? "")), context);
        understood++;
      } catch (error) {
        assert.ok(error instanceof AppError && error.code === "REQUEST_INVALID", String(error));
      }
    }
    assert.ok(understood > 50 && understood < 1000, `${understood}`);
  });
});
