// The installer runs as it is, into a folder of its own: no user and no service of this machine is touched.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installationRoot } from "../../app/platform/index.ts";

const real = (...parts: string[]): string => join(installationRoot(), ...parts);

describe("install.sh", function () {
  this.timeout(60_000);
  let folder: string;
  let source: string;
  let root: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "earshot install "));
    chmodSync(folder, 0o755);
    source = join(folder, "the source");
    root = join(folder, "root");
    makeRelease(source, "1.0.0");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const install = (...words: string[]): { status: number | null; stdout: string; stderr: string } =>
    spawnSync("sh", [join(source, "install.sh"), "--root", root, ...words], { encoding: "utf8", env: { PATH: process.env["PATH"] ?? "" } });
  const installed = (...parts: string[]): string => join(root, ...parts);
  const timesSetUp = (): number => readFileSync(join(folder, "set-up-runs"), "utf8").trim().split("\n").length;

  it("lays programs, settings, data, command and service in their places", () => {
    const result = install();
    assert.equal(result.status, 0, result.stderr);
    assert.equal(readlinkSync(installed("opt/earshot/current")), "1.0.0");
    assert.ok(existsSync(installed("opt/earshot/1.0.0/dist/app/main.js")));
    assert.ok(existsSync(installed("opt/earshot/1.0.0/node_modules/some-package/index.js")));
    assert.match(readFileSync(installed("etc/earshot/earshot.yaml"), "utf8"), /^data_dir: \/var\/lib\/earshot$/m);
    assert.equal(statSync(installed("var/lib/earshot")).mode & 0o777, 0o700);
    assert.match(readFileSync(installed("usr/local/bin/earshot"), "utf8"), /exec "\/opt\/earshot\/current\/scripts\/earshot"/);
    assert.ok(statSync(installed("usr/local/bin/earshot")).mode & 0o100);
    const unit = readFileSync(installed("etc/systemd/system/earshot.service"), "utf8");
    assert.match(unit, /^ExecStart="\/.*node" --max-semi-space-size=4 --enable-source-maps "\/opt\/earshot\/current\/dist\/app\/main\.js" serve$/m);
    assert.match(unit, /^Environment="EARSHOT_CONFIG=\/etc\/earshot\/earshot\.yaml"/m);
    assert.doesNotMatch(unit.replace(/^#.*$/gm, ""), /@[A-Z]+@/);
    assert.deepEqual(readdirSync(installed("opt/earshot")).sort(), [".earshot-install", "1.0.0", "current"]);
  });

  it("sets the copy up for production, not the source", () => {
    install();
    assert.match(readFileSync(join(folder, "set-up-runs"), "utf8"), /^--production in .*\/opt\/earshot\/\.unfinished$/m);
    assert.equal(existsSync(join(source, "was-set-up")), false);
  });

  it("does nothing at all the second time", () => {
    install();
    const before = snapshot(root);
    const result = install();
    assert.equal(result.status, 0, result.stderr);
    assert.match(result.stdout, /installed already/);
    assert.deepEqual(snapshot(root), before);
    assert.equal(timesSetUp(), 1);
  });

  it("installs changed programs again and keeps changed settings", () => {
    install();
    writeFileSync(installed("etc/earshot/earshot.yaml"), "# mine\n");
    writeFileSync(join(source, "config", "extra.yaml"), "new: true\n");
    assert.equal(install().status, 0);
    assert.ok(existsSync(installed("opt/earshot/current/config/extra.yaml")));
    assert.equal(readFileSync(installed("etc/earshot/earshot.yaml"), "utf8"), "# mine\n");
    assert.equal(timesSetUp(), 2);
  });

  it("moves to a new version, keeps the one before it and removes older ones", () => {
    for (const version of ["1.0.0", "1.1.0", "2.0.0-rc.1"]) {
      writeFileSync(join(source, "package.json"), JSON.stringify({ name: "earshot", version }));
      assert.equal(install().status, 0);
      assert.equal(readlinkSync(installed("opt/earshot/current")), version);
      spawnSync("touch", ["-d", `${["1.0.0", "1.1.0", "2.0.0-rc.1"].indexOf(version) - 10} days`, installed("opt/earshot", version)]);
    }
    assert.deepEqual(readdirSync(installed("opt/earshot")).filter((name) => /^\d/.test(name)).sort(), ["1.1.0", "2.0.0-rc.1"]);
  });

  it("leaves the running version as it is when the new one cannot be set up", () => {
    install();
    writeFileSync(join(source, "package.json"), JSON.stringify({ name: "earshot", version: "1.1.0" }));
    writeFileSync(join(source, "scripts", "setup.mjs"), 'console.error("no compiler"); process.exit(1);\n');
    const result = install();
    assert.equal(result.status, 1);
    assert.match(result.stderr, /could not be set up; nothing was changed/);
    assert.equal(readlinkSync(installed("opt/earshot/current")), "1.0.0");
    assert.equal(existsSync(installed("opt/earshot/1.1.0")), false);
  });

  it("copes with spaces in every path", () => {
    const result = install("--prefix", "/opt/ear shot", "--data=/srv/call data", "--config", "/etc/ear shot");
    assert.equal(result.status, 0, result.stderr);
    assert.match(readFileSync(installed("etc/ear shot/earshot.yaml"), "utf8"), /^data_dir: \/srv\/call data$/m);
    assert.match(readFileSync(installed("etc/systemd/system/earshot.service"), "utf8"), /^ReadWritePaths="\/srv\/call data"$/m);
    const launched = execFileSync(installed("opt/ear shot/current/scripts/earshot"), ["status", "a b"], { encoding: "utf8" });
    assert.equal(launched, 'started with ["status","a b"]\n');
  });

  it("remembers where things are, for the next run and for taking it away", () => {
    install("--data", "/srv/calls");
    assert.equal(install("--uninstall", "--purge", "--yes").status, 0);
    assert.equal(existsSync(installed("srv/calls")), false);
    assert.equal(existsSync(installed("etc/earshot")), false);
  });

  it("--uninstall takes programs and service away and keeps settings and data", () => {
    install("--allow-internet");
    assert.ok(existsSync(installed("etc/systemd/system/earshot.service.d/internet.conf")));
    writeFileSync(installed("var/lib/earshot/earshot.db"), "data");
    const result = install("--uninstall");
    assert.equal(result.status, 0, result.stderr);
    for (const gone of ["opt/earshot", "usr/local/bin/earshot", "etc/systemd/system/earshot.service", "etc/systemd/system/earshot.service.d"]) assert.equal(existsSync(installed(gone)), false, gone);
    assert.equal(readFileSync(installed("var/lib/earshot/earshot.db"), "utf8"), "data");
    assert.ok(existsSync(installed("etc/earshot/earshot.yaml")));
    assert.equal(install("--uninstall").status, 0, "twice is no mistake");
  });

  it("--purge asks for --yes, and never deletes a folder that it did not make", () => {
    install();
    const asked = install("--uninstall", "--purge");
    assert.equal(asked.status, 1);
    assert.match(asked.stderr, /--yes/);
    assert.ok(existsSync(installed("opt/earshot/current")));
    mkdirSync(installed("home/important"), { recursive: true });
    const result = install("--uninstall", "--purge", "--yes", "--data", "/home/important");
    assert.equal(result.status, 0, result.stderr);
    assert.match(result.stdout, /important was not made by this installer and stays/);
    assert.ok(existsSync(installed("home/important")));
  });

  it("says how to start it where there is no systemd", () => {
    const result = install("--no-systemd");
    assert.match(result.stdout, /runuser -u earshot -- earshot serve/);
    assert.equal(existsSync(installed("etc/systemd/system/earshot.service")), false);
  });

  it("refuses wrong words with exit code 2 and changes nothing", () => {
    const wrong = [["--what"], ["--prefix"], ["--prefix", "relative"], ["--data", "/a;touch x"], ["--data", "/a$(touch x)"], ["--data", "/a\nb"], ["--data", "/a/../etc"], ["--user", "Root; x"], ["--user", "-r"], ["--with-model", "../x"], ["--purge"]];
    for (const words of wrong) {
      const result = install(...words);
      assert.equal(result.status, 2, `${words.join(" ")}: ${result.stderr}`);
      assert.match(result.stderr, /^install\.sh: /);
    }
    assert.equal(existsSync(root), false);
  });

  it("refuses to work without root", () => {
    const script = join(source, "install.sh");
    const asNobody = process.getuid?.() === 0 ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "sh", script] : ["sh", script];
    const result = spawnSync(asNobody[0] ?? "", asNobody.slice(1), { encoding: "utf8" });
    assert.equal(result.status, 1, result.stderr);
    assert.match(result.stderr, /must be run as root; run: sudo sh install\.sh/);
  });

  it("takes every model along that ships", () => {
    const [, parts = ""] = /^parts\(\) \{\n {2}echo "(.*)"$/m.exec(readFileSync(real("install.sh"), "utf8")) ?? [];
    const shipped = readdirSync(real("models")).filter((name) => name.startsWith("starter-"));
    assert.deepEqual(parts.split(" ").filter((part) => part.startsWith("models/starter-")), shipped.sort().map((name) => `models/${name}`));
  });

  it("--help names every option that it takes", () => {
    const text = install("--help").stdout;
    const taken = [...readFileSync(real("install.sh"), "utf8").matchAll(/^ {6}(--[a-z-]+)(?: \| -[a-z])?\) /gm)].map((match) => match[1] ?? "");
    assert.ok(taken.length >= 12);
    for (const option of taken) assert.ok(text.includes(option), option);
  });
});

describe("scripts/earshot", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "earshot launcher "));
    mkdirSync(join(folder, "scripts"));
    cpSync(real("scripts", "earshot"), join(folder, "scripts", "earshot"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("finds its program through links of links, and passes arguments and exit code on", () => {
    mkdirSync(join(folder, "dist", "app"), { recursive: true });
    writeFileSync(join(folder, "dist", "app", "main.js"), "console.log(JSON.stringify(process.argv.slice(2))); process.exit(7);");
    mkdirSync(join(folder, "bin"));
    execFileSync("ln", ["-s", "../scripts/earshot", join(folder, "bin", "one")]);
    execFileSync("ln", ["-s", join(folder, "bin", "one"), join(folder, "bin", "two")]);
    for (const name of ["scripts/earshot", "bin/one", "bin/two"]) {
      const result = spawnSync(join(folder, name), ["call", "a b", "-x"], { encoding: "utf8", cwd: tmpdir() });
      assert.equal(result.stdout, '["call","a b","-x"]\n', result.stderr);
      assert.equal(result.status, 7);
    }
  });

  it("says what to do when the program is not built", () => {
    const result = spawnSync(join(folder, "scripts", "earshot"), ["serve"], { encoding: "utf8" });
    assert.equal(result.status, 1);
    assert.match(result.stderr, /is not built yet; run: node ".*scripts\/setup\.mjs"/);
  });
});

/** A small release: the real installer, launcher and units around a program that only says how it was started. */
function makeRelease(source: string, version: string): void {
  for (const part of ["scripts", "app", "config", "models/starter-en", "dist/app", "node_modules/some-package"]) mkdirSync(join(source, part), { recursive: true });
  for (const part of ["install.sh", "scripts/earshot", "systemd"]) cpSync(real(part), join(source, part), { recursive: true });
  writeFileSync(join(source, "package.json"), JSON.stringify({ name: "earshot", version }));
  writeFileSync(join(source, "models", "manifest.json"), '{"models":[]}');
  writeFileSync(join(source, "node_modules", "some-package", "index.js"), "");
  writeFileSync(join(source, "dist", "app", "main.js"), 'console.log("started with " + JSON.stringify(process.argv.slice(2)));');
  writeFileSync(
    join(source, "scripts", "setup.mjs"),
    `import { appendFileSync, writeFileSync } from "node:fs";
appendFileSync(${JSON.stringify(join(source, "..", "set-up-runs"))}, process.argv.slice(2).join(" ") + " in " + process.cwd() + "\\n");
writeFileSync("was-set-up", "");
`,
  );
}

/** Every file with its time and content, to see that nothing was touched. */
function snapshot(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .sort()
    .map((name) => {
      const stats = lstatSync(join(folder, name));
      return `${name} ${stats.mode} ${stats.mtimeMs} ${stats.isFile() ? readFileSync(join(folder, name)).toString("base64") : ""}`;
    });
}
