// Programs: no shell, a limit that holds even against stubborn ones, and nothing of them left behind.
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runProgram, startProgram, stopGroup } from "../../app/platform/index.ts";

describe("runProgram", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "earshot-programs-"))));
  afterEach(() => rmSync(folder, { recursive: true }));
  const shell = (text: string, options: Partial<Parameters<typeof runProgram>[2]> = {}): ReturnType<typeof runProgram> =>
    runProgram("sh", ["-c", text], { timeoutMs: 10_000, cwd: folder, ...options });

  it("gives exit code and both outputs", async () => {
    const result = await shell("echo out; echo err >&2; exit 3");
    assert.equal(result.exitCode, 3);
    assert.equal(result.stdout.toString(), "out\n");
    assert.equal(result.stderr, "err");
    assert.deepEqual([result.timedOut, result.aborted, result.overflowed, result.notStarted], [false, false, false, false]);
  });

  it("passes arguments as they are: nothing is read by a shell", async () => {
    const hostile = `a b; touch ${folder}/pwned $(touch ${folder}/pwned) \`touch ${folder}/pwned\` "'\n*`;
    const result = await runProgram("printf", ["%s", hostile], { timeoutMs: 10_000, cwd: folder });
    assert.equal(result.stdout.toString(), hostile);
    assert.equal(existsSync(join(folder, "pwned")), false);
  });

  it("tells a program that is not there from one that failed", async () => {
    const result = await runProgram(join(folder, "gone"), [], { timeoutMs: 10_000 });
    assert.deepEqual([result.notStarted, result.exitCode], [true, null]);
  });

  it("ends a program that takes too long, and the ones it started", async () => {
    const result = await shell(`sleep 60 & echo $! > child; wait`, { timeoutMs: 300, killAfterMs: 200 });
    assert.equal(result.timedOut, true);
    assert.ok(result.ms < 5000, `${result.ms} ms`);
    const child = Number(readFileSync(join(folder, "child"), "utf8"));
    await assertGone(child);
  });

  it("kills a program that does not listen", async () => {
    const result = await shell("trap '' TERM; while :; do sleep 0.1; done", { timeoutMs: 200, killAfterMs: 200 });
    assert.deepEqual([result.timedOut, result.signal], [true, "SIGKILL"]);
  });

  it("ends by a signal that was given before or after the start", async () => {
    const before = AbortSignal.abort(new Error("stop"));
    assert.equal((await shell("sleep 60", { signal: before })).aborted, true);
    const later = new AbortController();
    setTimeout(() => later.abort(new Error("stop")), 100);
    assert.equal((await shell("sleep 60", { signal: later.signal })).aborted, true);
  });

  it("ends a program that says too much, and keeps the end of its complaints, printable", async () => {
    assert.equal((await shell("yes", { maxStdoutBytes: 10_000 })).overflowed, true);
    const result = await shell("yes a | head -c 100000 >&2; printf '\\033[31mthe end\\007' >&2", { maxStderrBytes: 50 });
    assert.ok(result.stderr.length <= 50 && result.stderr.includes("the end"), result.stderr);
    // eslint-disable-next-line no-control-regex
    assert.doesNotMatch(result.stderr, /[\u0000-\u0009\u001b]/);
  });

  it("passes no secrets of our environment on", async () => {
    process.env["EARSHOT_CRM_SECRET"] = "do not tell";
    try {
      const result = await shell("env");
      assert.doesNotMatch(result.stdout.toString(), /do not tell|EARSHOT/);
      assert.match(result.stdout.toString(), /^PATH=/m);
    } finally {
      delete process.env["EARSHOT_CRM_SECRET"];
    }
  });

  it("runs with lower priority when asked", async () => {
    const own = (await shell("nice")).stdout.toString().trim();
    const nicer = (await shell("nice", { niceness: 5 })).stdout.toString().trim();
    assert.equal(Number(nicer), Math.min(19, Number(own) + 5));
  });
});

describe("startProgram and stopGroup", () => {
  it("stop a program with everything that it started, and are content when it is gone", async () => {
    const folder = mkdtempSync(join(tmpdir(), "earshot-programs-"));
    try {
      writeFileSync(join(folder, "run.sh"), "sleep 60 &\necho $! > child\necho started\nwait\n");
      const program = startProgram("sh", ["run.sh"], { cwd: folder });
      await new Promise<void>((resolve) => program.stdout?.once("data", () => resolve()));
      await stopGroup(program, 1000);
      assert.notEqual(program.signalCode ?? program.exitCode, null);
      const child = Number(readFileSync(join(folder, "child"), "utf8"));
      await assertGone(child);
      await stopGroup(program, 1000);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

/** A process that nobody waited for stays as a zombie where the first process of the machine does not collect them: that is gone too. */
async function assertGone(pid: number): Promise<void> {
  for (let i = 0; i < 100; i += 1) {
    let state: string | undefined;
    try {
      state = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.[0];
    } catch {
      return;
    }
    if (state === "Z" || state === "X") return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.fail(`the process ${pid} still runs`);
}
