// What the service manager is told, and when it is told nothing.
import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServiceNotifier, manualClock, startWatchdog, watchdogMs } from "../../app/platform/index.ts";

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("createServiceNotifier", () => {
  it("says ready, what it does, alive and stopping", async () => {
    const said: string[] = [];
    const notifier = createServiceNotifier("/run/systemd/notify", async (socket, words) => void said.push([socket, ...words].join(" ")));
    await notifier.ready("listening");
    await notifier.status("12 calls wait");
    await notifier.alive();
    await notifier.stopping();
    assert.deepEqual(said, [
      "/run/systemd/notify READY=1 STATUS=listening",
      "/run/systemd/notify STATUS=12 calls wait",
      "/run/systemd/notify WATCHDOG=1",
      "/run/systemd/notify STOPPING=1 STATUS=stopping",
    ]);
  });

  it("says nothing when systemd did not start it", async () => {
    const notifier = createServiceNotifier(undefined, async () => assert.fail("nobody listens"));
    assert.equal(notifier.isListening, false);
    await notifier.ready("listening");
    await notifier.stopping();
  });

  it("does not fail when the message cannot be sent", async () => {
    await createServiceNotifier("/gone", async () => Promise.reject(new Error("no socket"))).alive();
  });

  it("keeps a status on one line, so that it cannot say anything else", async () => {
    const said: string[] = [];
    await createServiceNotifier("/s", async (_socket, words) => void said.push(...words)).status("a\nSTOPPING=1\u0000b");
    assert.deepEqual(said, ["STATUS=a STOPPING=1 b"]);
  });

  it("speaks through systemd-notify with the socket in its environment", async () => {
    const folder = mkdtempSync(join(tmpdir(), "earshot-notify-"));
    const pathBefore = process.env["PATH"];
    try {
      writeFileSync(join(folder, "systemd-notify"), `#!/bin/sh\necho "$NOTIFY_SOCKET $*" >> "${folder}/said"\n`);
      chmodSync(join(folder, "systemd-notify"), 0o755);
      process.env["PATH"] = `${folder}:${pathBefore}`;
      await createServiceNotifier("/run/socket").ready("listening on port 1");
      assert.equal(readFileSync(join(folder, "said"), "utf8"), "/run/socket READY=1 STATUS=listening on port 1\n");
    } finally {
      process.env["PATH"] = pathBefore;
      rmSync(folder, { recursive: true });
    }
  });
});

describe("startWatchdog", () => {
  it("gives three signs of life per limit while work moves, and none while it stands still", async () => {
    const clock = manualClock();
    let alive = 0;
    let silent = 0;
    let isMoving = true;
    const notifier = createServiceNotifier("/s", async () => void (alive += 1));
    const stop = startWatchdog({ notifier, limitMs: 60_000, isProgressing: () => isMoving, clock, onSilent: () => (silent += 1) });
    const pass = async (times: number): Promise<void> => {
      for (let i = 0; i < times; i += 1) {
        await settle();
        clock.advance(20_000);
        await settle();
      }
    };
    await pass(3);
    assert.deepEqual([alive, silent], [4, 0]);
    isMoving = false;
    await pass(3);
    assert.deepEqual([alive, silent], [4, 3]);
    isMoving = true;
    await pass(1);
    assert.deepEqual([alive, silent], [5, 3]);
    stop();
    await pass(2);
    assert.deepEqual([alive, silent], [5, 3]);
  });

  it("does nothing when nobody watches", async () => {
    const notifier = createServiceNotifier("/s", async () => assert.fail("nobody watches"));
    startWatchdog({ notifier, limitMs: undefined, isProgressing: () => true, clock: manualClock() })();
    await settle();
  });
});

describe("watchdogMs", () => {
  const withVariables = (variables: Record<string, string>, check: () => void): void => {
    Object.assign(process.env, variables);
    try {
      check();
    } finally {
      for (const name of Object.keys(variables)) delete process.env[name];
    }
  };

  it("reads the limit that systemd gives this process, and not another's", () => {
    withVariables({ WATCHDOG_USEC: "60000000" }, () => assert.equal(watchdogMs(), 60_000));
    withVariables({ WATCHDOG_USEC: "60000000", WATCHDOG_PID: String(process.pid) }, () => assert.equal(watchdogMs(), 60_000));
    withVariables({ WATCHDOG_USEC: "60000000", WATCHDOG_PID: "1" }, () => assert.equal(watchdogMs(), undefined));
    withVariables({ WATCHDOG_USEC: "soon" }, () => assert.equal(watchdogMs(), undefined));
    assert.equal(watchdogMs(), undefined);
  });
});
