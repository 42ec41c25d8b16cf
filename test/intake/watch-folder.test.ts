// Watched folders on a real file system: what stands still is handed over once a version, nothing else ever, and nothing is touched.
import assert from "node:assert/strict";
import { appendFile, mkdir, mkdtemp, open, readFile, rename, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import fc from "fast-check";
import { wavHeader } from "../../app/domain/index.ts";
import { loadNameTemplates, WatchFolder, type SettledFile, type WatchFolderOptions } from "../../app/intake/index.ts";
import { isSettled, observe, settlesAtMs, type FileSample } from "../../app/intake/settle.ts";
import { silentLog, systemClock, type FolderConfig } from "../../app/platform/index.ts";

const WAV = Buffer.concat([wavHeader(1600, 8000, 1), Buffer.alloc(1600, 7)]);
const templates = loadNameTemplates();

describe("intake settle: when is a file finished", () => {
  const sample = (over: Partial<FileSample> = {}): FileSample => ({ path: "/a.wav", dev: 1, ino: 2, sizeBytes: 100, mtimeMs: 0, ...over });

  it("two looks over the whole time are needed, however old the file is", () => {
    const first = observe(undefined, sample(), 1_000_000);
    assert.equal(isSettled(first, 2_000_000, 10_000), false);
    const second = observe(first, sample(), 1_005_000);
    assert.equal(isSettled(second, 1_005_000, 10_000), false);
    assert.equal(isSettled(observe(second, sample(), 1_010_000), 1_010_000, 10_000), true);
  });

  it("any change of size, time or inode begins anew; a share that was mounted again does not", () => {
    const first = observe(undefined, sample(), 0);
    for (const change of [{ sizeBytes: 101 }, { mtimeMs: 1 }, { ino: 3 }]) assert.equal(observe(first, sample(change), 20_000).stableSinceMs, 20_000);
    assert.equal(observe(first, sample({ dev: 9 }), 20_000).stableSinceMs, 0);
  });

  it("a young file waits for its own time, but a clock that is ahead holds nothing back for ever", () => {
    const young = observe(undefined, sample({ mtimeMs: 9_000 }), 0);
    assert.equal(settlesAtMs(young, 10_000), 19_000);
    const ahead = observe(observe(undefined, sample({ mtimeMs: 10_000_000 }), 0), sample({ mtimeMs: 10_000_000 }), 29_999);
    assert.equal(isSettled(ahead, 29_999, 10_000), false);
    assert.equal(isSettled(ahead, 30_000, 10_000), true);
  });

  it("whatever is looked at and when, a file that is settled had stood still for the whole time", () => {
    const looks = fc.array(fc.record({ afterMs: fc.nat(8_000), sizeBytes: fc.constantFrom(1, 2) }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(looks, (list) => {
        let now = 0;
        let state: ReturnType<typeof observe> | undefined;
        let changedAtMs = 0;
        let size = 0;
        for (const look of list) {
          now += look.afterMs;
          if (look.sizeBytes !== size) changedAtMs = now;
          size = look.sizeBytes;
          state = observe(state, sample({ sizeBytes: size }), now);
          assert.equal(isSettled(state, now, 10_000) && now - changedAtMs < 10_000, false);
        }
      }),
    );
  });
});

describe("intake watch-folder: recordings that appear in a folder", function () {
  this.timeout(10_000);
  let root: string;
  let watchers: WatchFolder[] = [];
  let settled: SettledFile[] = [];

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "earshot-watch-"));
    watchers = [];
    settled = [];
  });
  afterEach(async () => {
    await Promise.all(watchers.map((watcher) => watcher.stop()));
    await rm(root, { recursive: true, force: true });
  });

  /** Quick to settle; `sweep_seconds` decides whether hints or the sweep must find things. */
  async function watch(folder: Partial<FolderConfig> = {}, more: Partial<WatchFolderOptions> = {}): Promise<WatchFolder> {
    const config: FolderConfig = { path: root, source: "folder", name_template: "any", recursive: true, settle_seconds: 0.25, sweep_seconds: 0.3, sidecar: "none", recorded_leg: "trunk", ...folder };
    const watcher = new WatchFolder({
      folder: config, templates, timeZone: "Europe/Berlin", clock: systemClock, log: silentLog,
      isKnown: () => false,
      onSettled: async (file) => void settled.push(file),
      ...more,
    });
    watchers.push(watcher);
    await watcher.start();
    return watcher;
  }
  const names = (): string[] => settled.map((file) => basename(file.path)).sort();
  const pause = (ms: number): Promise<void> => systemClock.sleep(ms);
  async function until(condition: () => boolean, ms = 5000): Promise<void> {
    const end = Date.now() + ms;
    while (!condition() && Date.now() < end) await pause(20);
    assert.ok(condition(), `not within ${ms} ms; handed over: ${names().join(", ")}`);
  }

  it("files that were there at start settle too, tell what their names say, and stay as they were", async () => {
    const path = join(root, "2026", "11", "out-0612345678-201-20261103-141502-1793711702.417.wav");
    await mkdir(join(root, "2026", "11"), { recursive: true });
    await writeFile(path, WAV);
    const before = await stat(path);
    await watch();
    await until(() => settled.length > 0);
    await pause(700); // two more sweeps
    assert.equal(settled.length, 1);
    const { facts, notes, sizeBytes, ino } = settled[0] as SettledFile;
    assert.deepEqual({ facts, notes, sizeBytes, ino }, { facts: { callId: "1793711702.417", startedAtMs: 1793711702000, direction: "outbound", from: "201", to: "0612345678", agentId: "201" }, notes: [], sizeBytes: WAV.length, ino: before.ino });
    const after = await stat(path);
    assert.deepEqual([after.mtimeMs, after.ctimeMs, after.mode], [before.mtimeMs, before.ctimeMs, before.mode]);
    assert.deepEqual(await readFile(path), WAV);
  });

  it("a file that is still growing is not handed over; when it stands still, it is, whole", async () => {
    const path = join(root, "growing.ulaw");
    await watch({ settle_seconds: 0.6 });
    for (let i = 0; i < 20; i++) {
      await appendFile(path, Buffer.alloc(400, 0xff));
      await pause(60);
      assert.deepEqual(names(), []);
    }
    await until(() => settled.length === 1);
    assert.equal(settled[0]?.sizeBytes, 8000);
  });

  it("sizes of 0 in the header mean that it is still being recorded, however long nothing is written", async () => {
    const path = join(root, "live.wav");
    const unfinished = Buffer.from(WAV);
    unfinished.writeUInt32LE(0, 4);
    unfinished.writeUInt32LE(0, 40);
    await writeFile(path, unfinished);
    const watcher = await watch();
    await pause(650);
    assert.deepEqual(names(), []);
    assert.equal(watcher.status().waiting.recording, 1);
    const file = await open(path, "r+");
    await file.write(WAV, 0, 44, 0); // the recorder closes the file
    await file.close();
    await until(() => settled.length === 1);
    assert.deepEqual(settled[0]?.notes, []);
  });

  it("what a crashed recorder left behind is handed over after a long time, and says so", async () => {
    const unfinished = Buffer.from(WAV);
    unfinished.writeUInt32LE(0, 40);
    await writeFile(join(root, "crashed.wav"), unfinished);
    await writeFile(join(root, "empty.wav"), "");
    await watch({}, { abandonedAfterMs: 800 });
    await pause(500);
    assert.deepEqual(names(), []);
    await until(() => settled.length === 2);
    assert.deepEqual(settled.map(({ path, notes }) => [basename(path), ...notes]).sort(), [["crashed.wav", "header_unfinished"], ["empty.wav", "empty"]]);
  });

  it("names of unfinished copies, hidden files, other files, links and hidden folders are passed over; a rename finishes a copy", async () => {
    for (const name of ["a.wav.part", "b.wav.filepart", ".c.wav", "d.wav~", "e.txt", "f.wav.crdownload", "g.tmp"]) await writeFile(join(root, name), WAV);
    await mkdir(join(root, ".hidden"));
    await writeFile(join(root, ".hidden", "h.wav"), WAV);
    await mkdir(join(root, "folder.wav"));
    await symlink("/etc/hostname", join(root, "i.wav"));
    await symlink("/", join(root, "loop"));
    await watch();
    await pause(650);
    assert.deepEqual(names(), []);
    await rename(join(root, "a.wav.part"), join(root, "a.wav"));
    await until(() => settled.length === 1);
    assert.deepEqual(names(), ["a.wav"]);
  });

  it("hints alone find new files, new folders and what lies in them, long before the next sweep", async () => {
    const watcher = await watch({ sweep_seconds: 3600 });
    await until(() => watcher.status().lastSweepAtMs !== undefined);
    await pause(200);
    assert.equal(watcher.status().hasHints, true);
    await writeFile(join(root, "one.wav"), WAV);
    await until(() => names().includes("one.wav"));
    await mkdir(join(root, "2026", "12"), { recursive: true });
    await writeFile(join(root, "2026", "12", "two.wav"), WAV);
    await until(() => names().includes("two.wav"));
    await writeFile(join(root, "2026", "12", "three.wav"), WAV);
    await until(() => names().includes("three.wav"));
    assert.equal(settled.length, 3);
  });

  it("without watches left (ENOSPC) the sweep finds everything", async () => {
    let isClosed = false;
    const watcher = await watch({}, {
      openHints: (_folder, _onHint, onError) => {
        setTimeout(() => onError(Object.assign(new Error("no space"), { code: "ENOSPC" })), 20);
        return { close: async () => void (isClosed = true) };
      },
    });
    await pause(100);
    await writeFile(join(root, "a.wav"), WAV);
    await until(() => settled.length === 1);
    assert.deepEqual([watcher.status().hasHints, isClosed], [false, true]);
  });

  it("only lively folders of bearable size are watched, and deleted ones are let go", async () => {
    const old = join(root, "2019");
    const fresh = join(root, "2026");
    await mkdir(old);
    await mkdir(fresh);
    await utimes(old, 1_500_000_000, 1_500_000_000);
    await utimes(root, 1_500_000_000, 1_500_000_000);
    const opened: string[] = [];
    const closed: string[] = [];
    await watch({}, {
      openHints: (folder) => {
        opened.push(folder);
        return { close: async () => void closed.push(folder) };
      },
    });
    await until(() => opened.length === 2);
    assert.deepEqual(opened.sort(), [root, fresh]);
    await rm(fresh, { recursive: true });
    await until(() => closed.length === 1);
    assert.deepEqual(closed, [fresh]);
    await pause(400);
    assert.equal(opened.length, 2);
  });

  it("what cannot be taken in is offered again until it can, and others do not wait for it", async () => {
    let attempts = 0;
    let isMended = false;
    await writeFile(join(root, "hard.wav"), WAV);
    await writeFile(join(root, "easy.wav"), WAV);
    const watcher = await watch({}, {
      onSettled: async (file) => {
        if (basename(file.path) === "hard.wav" && ++attempts > 0 && !isMended) throw new Error("disk full");
        settled.push(file);
      },
    });
    await until(() => names().includes("easy.wav") && attempts > 0);
    assert.equal(watcher.status().waiting.retrying, 1);
    isMended = true;
    await until(() => names().includes("hard.wav"));
    assert.ok(attempts >= 2);
  });

  it("a file that changes after it was handed over is handed over again, as a new version", async () => {
    const path = join(root, "again.wav");
    await writeFile(path, WAV);
    await watch();
    await until(() => settled.length === 1);
    await appendFile(path, "more");
    await until(() => settled.length === 2);
    assert.deepEqual(settled.map((file) => file.sizeBytes), [WAV.length, WAV.length + 4]);
    assert.equal(settled[0]?.facts.callId, settled[1]?.facts.callId);
  });

  it("a version that is known from before is not handed over; another version of it is", async () => {
    const path = join(root, "known.wav");
    await writeFile(path, WAV);
    await utimes(path, 1_700_000_000, 1_700_000_000);
    await watch({}, { isKnown: (file) => file.sizeBytes === WAV.length && file.mtimeMs === 1_700_000_000_000 });
    await pause(650);
    assert.equal(settled.length, 0);
    await appendFile(path, "more");
    await until(() => settled.length === 1);
  });

  it("a sidecar is waited for and completes the name; a missing one is reported after a long time", async () => {
    await writeFile(join(root, "1001.2026-11-03-14-15-02.wav"), WAV);
    await writeFile(join(root, "alone.wav"), WAV);
    await watch({ sidecar: "json" }, { abandonedAfterMs: 2500 });
    await pause(700);
    assert.deepEqual(names(), []);
    await writeFile(join(root, "1001.2026-11-03-14-15-02.json"), '{"call_id":"c-7","direction":"inbound","to":"600"}');
    await until(() => settled.length >= 1, 2000);
    assert.deepEqual(settled[0]?.facts, { callId: "c-7", startedAtMs: 1793711702000, direction: "inbound", from: "1001", to: "600" });
    await until(() => settled.length === 2);
    assert.deepEqual([settled[1]?.facts.callId, settled[1]?.notes], ["alone", ["sidecar_missing"]]);
  });

  it("hostile names are only names", async () => {
    const hostile = ["-i.wav", "$(reboot).wav", "a\nb.wav", "`x`.wav", "'; rm -rf.wav", "名前.wav"];
    for (const name of hostile) await writeFile(join(root, name), WAV);
    await watch();
    await until(() => settled.length === hostile.length);
    assert.deepEqual(names(), [...hostile].sort());
    for (const file of settled) assert.doesNotMatch(file.facts.callId, /[\n/]/);
  });

  it("a folder that is not there yet, or goes away, is found when it comes", async () => {
    const path = join(root, "share");
    const watcher = await watch({ path });
    await pause(400);
    assert.equal(watcher.status().isReadable, false);
    await mkdir(path);
    await writeFile(join(path, "a.wav"), WAV);
    await until(() => settled.length === 1);
    await rm(path, { recursive: true });
    await until(() => !watcher.status().isReadable);
    await mkdir(path);
    await writeFile(join(path, "b.wav"), WAV);
    await until(() => settled.length === 2);
  });

  it("sub-folders are left alone when recursive is off", async () => {
    await mkdir(join(root, "sub"));
    await writeFile(join(root, "sub", "no.wav"), WAV);
    await writeFile(join(root, "yes.wav"), WAV);
    await watch({ recursive: false });
    await until(() => settled.length === 1);
    await pause(500);
    assert.deepEqual(names(), ["yes.wav"]);
  });

  it("stop waits for what is being handed over and begins nothing more", async () => {
    for (let i = 0; i < 8; i++) await writeFile(join(root, `${i}.wav`), WAV);
    let begun = 0;
    let ended = 0;
    const watcher = await watch({}, {
      onSettled: async () => {
        begun++;
        await pause(300);
        ended++;
      },
    });
    await until(() => begun > 0);
    await watcher.stop();
    assert.ok(begun === ended && begun <= 2, `${begun} begun, ${ended} ended`);
    await pause(400);
    assert.equal(begun, ended);
  });
});
