// The service unit keeps what it promises. systemd's own judgement is asked where it is installed.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installationRoot } from "../../app/platform/index.ts";

const unit = readFileSync(join(installationRoot(), "systemd", "earshot.service"), "utf8");
const valueOf = (name: string): string | undefined => unit.match(new RegExp(`^${name}=(.*)$`, "m"))?.[1];
const hasSystemd = spawnSync("systemd-analyze", ["--version"]).status === 0;

describe("earshot.service", () => {
  it("locks the service in", () => {
    const expected = {
      ProtectSystem: "strict", ProtectHome: "yes", PrivateTmp: "yes", PrivateDevices: "yes", NoNewPrivileges: "yes", CapabilityBoundingSet: "", RestrictNamespaces: "yes",
      RestrictAddressFamilies: "AF_UNIX AF_INET AF_INET6", SystemCallFilter: "@system-service", SystemCallArchitectures: "native", IPAddressDeny: "any", UMask: "0077", LimitCORE: "0",
      ProtectKernelTunables: "yes", ProtectKernelModules: "yes", ProtectControlGroups: "yes", LockPersonality: "yes", RestrictSUIDSGID: "yes",
    };
    for (const [name, value] of Object.entries(expected)) assert.equal(valueOf(name), value, name);
  });

  it("does not forbid what V8 needs: a service with MemoryDenyWriteExecute ends at its first line", () => {
    assert.equal(valueOf("MemoryDenyWriteExecute"), undefined);
  });

  it("gives the 10 s that draining may take, watches for standstill, and does not start again after a configuration mistake", () => {
    assert.ok(Number(valueOf("TimeoutStopSec")) > 10);
    assert.equal(valueOf("KillMode"), "mixed");
    assert.ok(Number(valueOf("WatchdogSec")) >= 30);
    assert.equal(valueOf("NotifyAccess"), "all");
    assert.equal(valueOf("RestartPreventExitStatus"), "78");
    assert.ok(Number(valueOf("StartLimitBurst")) > 0);
  });

  it(hasSystemd ? "is judged 1.3 or better by systemd-analyze, and verifies without a word" : "has every directive once (systemd-analyze is not installed here)", () => {
    if (!hasSystemd) {
      const names = [...unit.matchAll(/^([A-Z][A-Za-z]+)=/gm)].map((match) => match[1]).filter((name) => name !== "SystemCallFilter");
      assert.deepEqual(names.filter((name, i) => names.indexOf(name) !== i), []);
      return;
    }
    const folder = mkdtempSync(join(tmpdir(), "earshot-unit-"));
    try {
      mkdirSync(join(folder, "current", "dist", "app"), { recursive: true });
      const values: Record<string, string> = { PREFIX: folder, DATA: "/var/lib/earshot", CONFIG: "/etc/earshot", USER: "daemon", NODE: process.execPath };
      const filled = unit.replace(/@([A-Z]+)@/g, (_all, name: string) => values[name] ?? "");
      writeFileSync(join(folder, "earshot.service"), filled);
      const judged = spawnSync("systemd-analyze", ["security", "--offline=yes", "--threshold=13", "--no-pager", join(folder, "earshot.service")], { encoding: "utf8" });
      assert.equal(judged.status, 0, judged.stdout.split("\n").filter((line) => line.includes("✗") || line.includes("→")).join("\n") + judged.stderr);
      const verified = spawnSync("systemd-analyze", ["verify", "--man=no", join(folder, "earshot.service")], { encoding: "utf8" });
      assert.equal(verified.status, 0, verified.stderr);
      assert.equal(verified.stderr.split("\n").filter((line) => line.includes("earshot.service")).join("\n"), "");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("the shell scripts have no mistakes that a reader finds", () => {
    const files = ["install.sh", "scripts/earshot", ".ci/run"].map((name) => join(installationRoot(), name));
    const hasShellcheck = spawnSync("shellcheck", ["--version"]).status === 0;
    for (const file of files) {
      const result = hasShellcheck ? spawnSync("shellcheck", [file], { encoding: "utf8" }) : spawnSync("bash", ["-n", file], { encoding: "utf8" });
      assert.equal(result.status, 0, `${file}\n${result.stdout}${result.stderr}`);
    }
  });
});
