// A program that answers lines, and all the ways in which it can fail: real processes, a line of JSON each.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { AppError } from "../../app/domain/index.ts";
import { LineProcess, silentLog, type LineProcessOptions } from "../../app/platform/index.ts";

/** Does what it is told. `die: "once"` leaves a mark, so that the next life goes on. */
const PROGRAM = `
import { existsSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
const [how, mark] = process.argv.slice(2);
const say = (line) => process.stdout.write(JSON.stringify(line) + "\\n");
console.log("a library that talks");
if (how === "broken") say({ id: 0, error: "its file is damaged" });
else if (how === "mute") setInterval(() => {}, 1000);
else say({ id: 0, ok: null });
const kept = [];
for await (const line of createInterface({ input: process.stdin })) {
  const { id, wait, die, grow, refuse } = JSON.parse(line);
  if (die === "always" || (die === "once" && !existsSync(mark))) { writeFileSync(mark, ""); process.kill(process.pid, "SIGKILL"); }
  if (grow) kept.push(Buffer.alloc(grow * 1_048_576, 1));
  if (wait || grow) await new Promise((resolve) => setTimeout(resolve, wait ?? 5_000));
  say(refuse ? { id, error: "no" } : { id, ok: { pid: process.pid, id } });
}`;

describe("a process that answers lines", () => {
  const folder = mkdtempSync(join(tmpdir(), "earshot-lines-"));
  const open: LineProcess[] = [];
  before(() => writeFileSync(join(folder, "program.mjs"), PROGRAM));
  afterEach(() => Promise.all(open.splice(0).map((one) => one.stop())));
  after(() => rmSync(folder, { recursive: true, force: true }));

  let marks = 0;
  function start(options: Partial<LineProcessOptions> = {}, how = ""): LineProcess {
    const made = new LineProcess({ what: "The model x", code: "EMBEDDING_FAILED", args: [join(folder, "program.mjs"), how, join(folder, `mark-${++marks}`)], log: silentLog, memoryMb: 500, ...options });
    open.push(made);
    return made;
  }
  const ask = async (one: LineProcess, body: object = {}, timeoutMs = 10_000): Promise<{ pid: number; id: number }> => (await one.request(body, { timeoutMs })) as { pid: number; id: number };
  const failure = async (work: Promise<unknown>): Promise<AppError> => work.then(() => assert.fail("it should have failed"), (error: unknown) => (error instanceof AppError ? error : assert.fail(String(error))));

  it("is started with the first request, and asked one after the other", async () => {
    const one = start();
    assert.deepEqual(one.status(), { state: "idle", pid: undefined, restarts: 0 });
    const answers = await Promise.all([ask(one, { wait: 80 }), ask(one), ask(one)]);
    assert.deepEqual(answers.map((answer) => answer.id), [1, 2, 3]);
    assert.equal(new Set(answers.map((answer) => answer.pid)).size, 1);
    assert.deepEqual(one.status(), { state: "ready", pid: answers[0]?.pid, restarts: 0 });
  });
  it("is started again when it dies at work, and asked once more", async () => {
    const one = start();
    const { pid } = await ask(one);
    const again = await ask(one, { die: "once" });
    assert.notEqual(again.pid, pid);
    assert.equal(one.status().restarts, 1);
  });
  it("is refused for a while after it died twice in a row, and then tried again", async () => {
    const one = start({ backoffMs: 300 });
    assert.match((await failure(ask(one, { die: "always" }))).message, /^The model x ended by itself \(signal SIGKILL\)$/);
    const refused = await failure(ask(one));
    assert.match(refused.message, /failed 2 times in a row; it is tried again in 1 s/);
    assert.ok(Number(refused.details["retryAfterMs"]) <= 300);
    assert.equal(one.status().state, "failed");
    await sleep(320);
    await ask(one);
    assert.equal(one.status().state, "ready");
  });
  it("is ended when it takes too long, and not asked the same again", async () => {
    const one = start();
    const { pid } = await ask(one);
    const error = await failure(ask(one, { wait: 60_000 }, 200));
    assert.deepEqual([error.code, error.message], ["EMBEDDING_FAILED", "The model x did not answer within 0.2 s and was ended"]);
    assert.notEqual((await ask(one)).pid, pid);
  });
  it("is ended when it needs too much memory", async () => {
    const one = start({ memoryMb: 120 });
    await ask(one);
    assert.match((await failure(ask(one, { grow: 200 }))).message, /needed more than 120 MB and was ended/);
    await ask(one);
  });
  it("may refuse a request and lives on", async () => {
    const one = start();
    const { pid } = await ask(one);
    assert.match((await failure(ask(one, { refuse: true }))).message, /^The model x failed: no$/);
    assert.deepEqual([(await ask(one)).pid, one.status().restarts], [pid, 0]);
  });
  it("says why it does not start", async () => {
    assert.match((await failure(ask(start({}, "broken")))).message, /its file is damaged/);
    assert.match((await failure(ask(start({ startTimeoutMs: 200 }, "mute")))).message, /did not answer within 0.2 s/);
    assert.match((await failure(ask(start({ args: [join(folder, "none.mjs")] })))).message, /ended by itself \(exit code 1\)/);
  });
  it("gives back what it holds after many requests, and when nobody asks", async () => {
    const refusing = start({ idleMs: 30 });
    await failure(ask(refusing, { refuse: true }));
    const used = start({ maxRequests: 2 });
    const pids = [await ask(used), await ask(used), await ask(used)].map((answer) => answer.pid);
    assert.deepEqual([pids[0] === pids[1], pids[1] === pids[2], used.status().restarts], [true, false, 0]);
    const idle = start({ idleMs: 30 });
    const { pid } = await ask(idle);
    await sleep(150);
    assert.deepEqual([idle.status().state, isAlive(pid)], ["idle", false]);
    assert.equal(refusing.status().state, "idle", "a refusal is an answer too");
    await ask(idle);
  });
  it("lets who gives up go at once, and gives nobody another's answer", async () => {
    const one = start();
    await ask(one);
    const given = new AbortController();
    const slow = one.request({ wait: 300 }, { timeoutMs: 5_000, signal: given.signal });
    const startedAt = performance.now();
    setTimeout(() => given.abort(new Error("enough")), 30);
    await assert.rejects(slow, /enough/);
    assert.ok(performance.now() - startedAt < 200);
    await assert.rejects(one.request({}, { timeoutMs: 5_000, signal: given.signal }), /enough/);
    assert.equal((await ask(one)).id, 3);
  });
  it("ends for good, and refuses who waits", async () => {
    const one = start();
    const { pid } = await ask(one);
    const waiting = [failure(ask(one, { wait: 5_000 })), failure(ask(one))];
    await sleep(20);
    await one.stop();
    assert.deepEqual((await Promise.all(waiting)).map((error) => error.code), ["SHUTTING_DOWN", "SHUTTING_DOWN"]);
    assert.equal((await failure(ask(one))).code, "SHUTTING_DOWN");
    assert.equal(isAlive(pid), false);
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
