// The command line as an operator uses it: import, look, keys, backup, restore, proof; exit codes and sentences.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installationRoot, programEnvironment, runProgram } from "../../app/platform/index.ts";
import { callWav, SHORTEST_CALL } from "../support/call-audio.ts";

describe("command line", function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), "earshot-cli-"));
  after(() => rmSync(folder, { recursive: true, force: true }));

  const earshot = async (args: string[], settings: Record<string, string> = {}): Promise<{ code: number | null; out: string; err: string }> => {
    const env = { ...programEnvironment(), EARSHOT_DATA_DIR: join(folder, "data"), EARSHOT_INTAKE_DISK_RESERVE_MB: "0", EARSHOT_LOG_LEVEL: "silent", ...settings };
    const result = await runProgram(process.execPath, [join(installationRoot(), "dist/app/main.js"), ...args], { timeoutMs: 50_000, env });
    return { code: result.exitCode, out: result.stdout.toString("utf8"), err: result.stderr };
  };

  let firstId = "";

  it("import --wait --json: takes a folder in and waits; exit 1 when one failed, naming it with its reason", async () => {
    const recordings = join(folder, "recordings");
    mkdirSync(join(recordings, "below"), { recursive: true });
    writeFileSync(join(recordings, "good.wav"), callWav(SHORTEST_CALL, 2000, 61));
    writeFileSync(join(recordings, "below", "good.wav"), callWav(SHORTEST_CALL, 2000, 62));
    writeFileSync(join(recordings, "broken.wav"), "no sound");
    writeFileSync(join(recordings, "notes.txt"), "not a recording");
    const { code, out, err } = await earshot(["import", recordings, "--wait", "--json"]);
    const imported = JSON.parse(out) as { path: string; call_id: string; status: string; error: { code: string } | null }[];
    assert.equal(code, 1);
    assert.equal(imported.length, 3);
    assert.deepEqual(imported.map((one) => one.status).sort(), ["done", "done", "failed"]);
    assert.equal(new Set(imported.map((one) => one.call_id)).size, 3, "two files of one name are two calls");
    firstId = imported.find((one) => one.path === join(recordings, "good.wav"))?.call_id ?? "";
    assert.match(err, /broken\.wav: .+\(MEDIA_FORMAT_REFUSED\)/);
  });

  it("import again: the same recordings are the same calls", async () => {
    const { code, out } = await earshot(["import", join(folder, "recordings", "good.wav"), "--wait", "--json"]);
    assert.deepEqual([code, (JSON.parse(out) as { call_id: string }[])[0]?.call_id], [0, firstId]);
    assert.match((await earshot(["status"])).out, /Calls +2 done, 1 failed/);
  });

  it("call, doctor and key create answer on stdout", async () => {
    const call = await earshot(["call", "good", "--json"]);
    assert.equal((JSON.parse(call.out) as { status: string }).status, "done");
    assert.equal((await earshot(["doctor"])).code, 0);
    assert.match((await earshot(["key", "create", "--name", "crm", "--role", "analyst"])).out, /^ek_[\w-]{40,}\n$/);
    assert.match((await earshot(["user", "add", "--name", "Ana", "--role", "supervisor"])).out, /^http:\/\/127\.0\.0\.1:8090\/login\?code=[\w-]{40,}\n$/);
  });

  it("people, teams and bound keys: a set-up link on stdout and nowhere else, and whose contacts each sees", async () => {
    assert.equal((await earshot(["team", "set", "Billing", "201", "202"])).out, "Billing  201 202\n");
    assert.match((await earshot(["user", "add", "--name", "Tim Okafor", "--login", "Tim", "--role", "supervisor", "--team", "billing"])).out, /^http:\/\/127\.0\.0\.1:8090\/set-up\?code=[\w-]{43}\n$/);
    assert.match((await earshot(["user", "list"])).out, /^tim +Tim Okafor +supervisor +sees Billing \(201 202\) +invited\n$/);
    assert.match((await earshot(["user", "role", "tim", "agent", "--agent", "204"])).out, /agent +sees agent 204/);
    assert.match((await earshot(["key", "create", "--name", "wall", "--role", "analyst", "--team", "billing"])).out, /^ek_/);
    for (const [args, code] of [[["user", "disable", "nobody"], "NOT_FOUND"], [["user", "add", "--name", "B", "--login", "tim", "--role", "admin"], "CONFLICT"], [["key", "create", "--name", "x", "--role", "admin", "--agent", "201"], "REQUEST_INVALID"]] as const) {
      const { code: exit, err } = await earshot([...args]);
      assert.deepEqual([exit, err.includes(code)], [1, true], args.join(" "));
    }
  });

  it("backup, restore into an empty folder, verify: intact; a changed recording is named", async () => {
    const file = join(folder, "backup.tar");
    assert.equal((await earshot(["backup", file])).code, 0);
    assert.equal((await earshot(["restore", file])).code, 1, "never over data that is there");
    const elsewhere = { EARSHOT_DATA_DIR: join(folder, "restored") };
    const restored = await earshot(["restore", file], elsewhere);
    assert.equal(restored.code, 0, restored.err);
    assert.match((await earshot(["verify"], elsewhere)).out, /^intact/);
    const view = JSON.parse((await earshot(["call", "good", "--json"], elsewhere)).out) as { status: string };
    assert.equal(view.status, "done");
    const { stdout } = await runProgram("find", [join(folder, "restored", "vault"), "-name", "*.wav"], { timeoutMs: 5000 });
    writeFileSync(stdout.toString("utf8").split("\n")[0] ?? "", "something else");
    const proof = await earshot(["verify"], elsewhere);
    assert.equal(proof.code, 1);
    assert.match(proof.err, /The recording of call \S+ was changed/);
  });

  it("mistakes: 2 for wrong use, 78 for a bad configuration with every mistake at once, 1 with one sentence for the rest", async () => {
    assert.equal((await earshot(["frobnicate"])).code, 2);
    assert.equal((await earshot(["key", "create", "--name", "x", "--role", "king"])).code, 2);
    const bad = await earshot(["status"], { EARSHOT_HTTP_PORT: "abc", EARSHOT_SITE_COUNTRY: "usa", EARSHOT_NOTHING: "1" });
    assert.equal(bad.code, 78);
    for (const path of ["http.port", "site.country", "EARSHOT_NOTHING"]) assert.ok(bad.err.includes(path), path);
    const unknown = await earshot(["call", "nothing"]);
    assert.deepEqual([unknown.code, unknown.err.includes("NOT_FOUND"), unknown.err.split("\n").length], [1, true, 1]);
  });
});
