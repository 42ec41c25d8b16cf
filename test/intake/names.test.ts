// Names of recordings and local times: examples of every telephone system, round trips, and names that mean harm.
import assert from "node:assert/strict";
import fc from "fast-check";
import { callIdSchema } from "../../app/domain/index.ts";
import { isAudioName, loadNameTemplates, parseFileName, parseRecordingName, parseStamp, readNameTemplates, toUtcMs } from "../../app/intake/index.ts";

const templates = loadNameTemplates();
const read = (name: string, template = "any") => parseRecordingName(templates, template, name, "Europe/Berlin");
const EPOCH = 1793711702000; // 2026-11-03 13:15:02 UTC, 14:15:02 in Berlin
const UUID = "1f0c7c1e-5d9a-4b57-9d3c-0a6f2f2b7c11";

describe("intake names: what the name of a recording tells", () => {
  for (const [name, template] of templates) {
    it(`${name}: its own examples fit, and no other template takes them first`, () => {
      assert.ok(template.examples.length > 0);
      for (const example of template.examples) assert.equal(read(example).matched, name, example);
    });
  }

  const golden: [string, object][] = [
    ["in-08001234-0612345678-20261103-141502-1793711702.417.wav", { callId: "1793711702.417", startedAtMs: EPOCH, direction: "inbound", from: "0612345678", to: "08001234" }],
    ["out-0612345678-201-20261103-141502-1793711702.417.wav", { callId: "1793711702.417", startedAtMs: EPOCH, direction: "outbound", from: "201", to: "0612345678", agentId: "201" }],
    ["q-600-+49301234567-20261103-141502-pbx1-1793711702.417.WAV", { callId: "pbx1-1793711702.417", startedAtMs: EPOCH, direction: "inbound", from: "+49301234567", to: "600", queue: "600" }],
    ["force-a-b-c-201-20261103-141502-1793711702.417.gsm", { callId: "1793711702.417", startedAtMs: EPOCH, from: "201", to: "a-b-c" }],
    ["internal-202-unknown-20261103-141502-1793711702.417.wav", { callId: "1793711702.417", startedAtMs: EPOCH, direction: "internal", to: "202" }],
    ["1793711702.417.wav", { callId: "1793711702.417", startedAtMs: EPOCH }],
    ["1001.2026-11-03-14-15-02.wav", { callId: "1001.2026-11-03-14-15-02", startedAtMs: EPOCH, from: "1001" }],
    [`2026-11-03-14-15-02.600.+49.30.123.${UUID}.wav`, { callId: UUID, startedAtMs: EPOCH, from: "123", to: "600.+49.30" }],
    [`${UUID.toUpperCase()}.mp3`, { callId: UUID }],
    ["20261103141502-1793711702.362-0612345678-2002-Inbound.wav", { callId: "1793711702.362", startedAtMs: EPOCH, direction: "inbound", from: "0612345678", to: "2002" }],
    ["auto-1793711702-0612345678-2002.wav", { callId: "auto-1793711702-0612345678-2002", startedAtMs: EPOCH, from: "0612345678", to: "2002" }],
    [`2026-11-03T13_15_02UTC-5821-${UUID}.wav`, { callId: UUID, startedAtMs: EPOCH }],
    ["20261103-141502_3125551212-all.mp3", { callId: "20261103-141502_3125551212-all", startedAtMs: EPOCH, customerPhone: "3125551212" }],
    ["20261103-141502_3125551212_SALES_6666.wav", { callId: "20261103-141502_3125551212_SALES_6666", startedAtMs: EPOCH, customerPhone: "3125551212", queue: "SALES", agentId: "6666" }],
    ["some recording of mine.wav", { callId: "some recording of mine" }],
    ["in-08001234-0612345678-20261399-141502-1793711702.417.wav", { callId: "1793711702.417", startedAtMs: EPOCH, direction: "inbound", from: "0612345678", to: "08001234" }],
    ["20261399-141502_3125551212.wav", { callId: "20261399-141502_3125551212" }],
  ];
  for (const [name, facts] of golden) it(`reads ${name}`, () => assert.deepEqual(read(name).facts, facts));

  it("any FreePBX name gives its parts back, whatever the numbers hold", () => {
    const party = fc.stringMatching(/^[0-9+*#A-Za-z.@ ]{1,30}$/).filter((text) => text.trim() === text && !/^(unknown|anonymous|private|unavailable|restricted|null|none|s)$/i.test(text));
    const dashed = fc.array(party, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("-"));
    fc.assert(
      fc.property(fc.constantFrom("in", "out", "external", "internal", "q", "rg", "force"), dashed, party, fc.integer({ min: 1_000_000_000, max: 2_100_000_000 }), fc.nat(999_999), (type, to, from, epoch, sequence) => {
        const stamp = new Date(epoch * 1000).toISOString().replace(/[-:]/g, "").replace("T", "-").slice(0, 15);
        const { facts, matched } = read(`${type}-${to}-${from}-${stamp}-${epoch}.${sequence}.wav`, "freepbx");
        assert.equal(matched, "freepbx");
        assert.deepEqual([facts.callId, facts.to, facts.from, facts.startedAtMs], [`${epoch}.${sequence}`, to, from, epoch * 1000]);
      }),
      { numRuns: 500 },
    );
  });

  it("any Yeastar name gives its parts back", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1_000_000_000, max: 2_100_000_000 }), fc.nat(99_999), fc.stringMatching(/^[0-9+]{1,20}$/), fc.stringMatching(/^[0-9+]{1,20}$/), fc.constantFrom("Inbound", "Outbound", "Internal"), (epoch, sequence, from, to, direction) => {
        const { facts } = read(`20261103141502-${epoch}.${sequence}-${from}-${to}-${direction}.wav`, "yeastar");
        assert.deepEqual(facts, { callId: `${epoch}.${sequence}`, startedAtMs: epoch * 1000, direction: direction.toLowerCase(), from, to });
      }),
      { numRuns: 300 },
    );
  });

  it("any name at all gives a valid call id, in a moment", () => {
    const nasty = fc.constantFrom("-i", "$(reboot)", "a\nb", "..", ".wav", "`x`", "-".repeat(254), `${"a-".repeat(120)}b.wav`, `in-${"1-".repeat(100)}20261103-141502-1.wav`, "\u0000.wav", "名前.wav", "x".repeat(300));
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary", maxLength: 260 }), nasty), fc.constantFrom("", "2026/11/03/"), (name, folder) => {
        const begun = performance.now();
        const { facts } = read(folder + name.replaceAll("/", "_"));
        assert.ok(callIdSchema.safeParse(facts.callId).success, JSON.stringify(facts.callId));
        assert.ok(performance.now() - begun < 50);
      }),
      { numRuns: 1000 },
    );
  });

  it("files of one name in different folders are different calls; the same file keeps its id", () => {
    const ids = ["rec.wav", "a/rec.wav", "b/rec.wav", "a/b/rec.wav"].map((path) => read(path).facts.callId);
    assert.equal(new Set(ids).size, 4);
    assert.equal(ids[0], "rec");
    assert.equal(read("a/rec.wav").facts.callId, ids[1]);
    assert.notEqual(read("x\u0001.wav").facts.callId, read("x\u0002.wav").facts.callId);
  });

  it("a file that is handed in gets a call id only where its name holds one", () => {
    assert.deepEqual(parseFileName(templates, "any", "/x/out-0612345678-201-20261103-141502-1793711702.417.wav", "Europe/Berlin"), {
      call_id: "1793711702.417",
      started_at: EPOCH,
      direction: "outbound",
      from: "201",
      to: "0612345678",
      agent: { id: "201" },
    });
    assert.deepEqual(parseFileName(templates, "any", "memo.wav", "Europe/Berlin"), {});
  });

  it("an own template works: placeholders, text that may be missing, times in UTC", () => {
    const own = readNameTemplates('templates: { mine: { template: "{agent}~{customer}[_final]~{date}T{time}Z", times: utc } }');
    const { facts } = parseRecordingName(own, "mine", "Ana~0612345678_final~20261103T131502Z.ogg", "Europe/Berlin");
    assert.deepEqual(facts, { callId: "Ana~0612345678_final~20261103T131502Z", startedAtMs: EPOCH, customerPhone: "0612345678", agentId: "Ana" });
  });

  it("mistakes in the file are all named, with what is expected", () => {
    const text = 'templates: { a: { template: "{nonsense}" }, b: { template: "no placeholder" }, c: { template: "{from}{to}" }, d: { template: "{from" }, e: { template: "{from}-{from}" }, f: { template: "{from}", times: moon } }';
    assert.throws(() => readNameTemplates(text), (error: { code?: string; message: string }) => error.code === "CONFIG_INVALID");
    for (const [bad, hint] of [["{nonsense}", /expected one of/], ["no placeholder", /at least one/], ["{from}{to}", /needs text/], ["{from", /no partner/], ["{from}-{from}", /twice/]] as const) {
      assert.throws(() => readNameTemplates(`templates: { a: { template: ${JSON.stringify(bad)} } }`), (error: { message: string }) => hint.test(error.message), bad);
    }
    for (const bad of ["templates: [", "a: &a [*a, *a]", "", "templates: { A B: { template: x } }"]) assert.throws(() => readNameTemplates(bad), { code: "CONFIG_INVALID" }, bad);
  });

  it("no template of a user can make matching slow", () => {
    const evil = readNameTemplates('templates: { evil: { template: "{any}-{any}-{any}-{any}-{any}-{any}-{from}-{to}-{id}-{id}-{uniqueid}" } }'.replace("{id}-{id}", "{id}"));
    const begun = performance.now();
    for (const name of ["-".repeat(255), "1-".repeat(127), `${"a-".repeat(120)}1.`, "9".repeat(255)]) parseRecordingName(evil, "evil", `${name}.wav`, 0);
    assert.ok(performance.now() - begun < 200);
  });

  it("finished recordings are known by their names", () => {
    for (const name of ["a.wav", "a.WAV", "a.mp3", "a.opus", "a.sln16", "a b.m4a", "-i.wav", "a.yswav"]) assert.ok(isAudioName(name), name);
    for (const name of ["a.wav.part", "a.tmp", ".a.wav", "a.wav~", "a.filepart", "a.wav.crdownload", "a.json", "a", "wav", "a.txt", "a.m3u8"]) assert.ok(!isAudioName(name), name);
  });
});

describe("intake local times: what a clock on the wall means in UTC", () => {
  it("summer and winter, and the two strange hours of the year", () => {
    const berlin = (month: number, day: number, hour: number, minute = 30): string => new Date(toUtcMs({ year: 2026, month, day, hour, minute, second: 0 }, "Europe/Berlin") ?? 0).toISOString();
    assert.equal(berlin(7, 1, 12), "2026-07-01T10:30:00.000Z");
    assert.equal(berlin(12, 1, 12), "2026-12-01T11:30:00.000Z");
    assert.equal(berlin(3, 29, 2), "2026-03-29T01:30:00.000Z"); // skipped: 02:30 never was; read as winter time
    assert.equal(berlin(10, 25, 2), "2026-10-25T00:30:00.000Z"); // twice: the first
    assert.equal(berlin(10, 25, 3), "2026-10-25T02:30:00.000Z");
  });

  it("every real time of the wall comes back, in every zone", () => {
    const zones = fc.constantFrom("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns", "Pacific/Apia", "Asia/Tehran");
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(1990, 0, 1), max: Date.UTC(2060, 0, 1) }), zones, (ms, timeZone) => {
        const utcMs = Math.floor(ms / 1000) * 1000;
        const parts = Object.fromEntries(new Intl.DateTimeFormat("en-US", { timeZone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" }).formatToParts(utcMs).map((part) => [part.type, Number(part.value)]));
        const wall = { year: parts["year"] ?? 0, month: parts["month"] ?? 0, day: parts["day"] ?? 0, hour: parts["hour"] ?? 0, minute: parts["minute"] ?? 0, second: parts["second"] ?? 0 };
        const back = toUtcMs(wall, timeZone);
        assert.ok(back !== undefined);
        // the hour that comes twice is its first occurrence: at most an hour before
        assert.ok(back === utcMs || (utcMs - back > 0 && utcMs - back <= 3_600_000), `${timeZone} ${new Date(utcMs).toISOString()} → ${new Date(back).toISOString()}`);
      }),
      { numRuns: 500 },
    );
  });

  it("stamps in every spelling that telephone systems use are one moment", () => {
    for (const stamp of ["2026-11-03 14:15:02", "2026-11-03T14:15:02", "2026/11/03 14:15:02", "2026-11-03T13:15:02Z", "2026-11-03T13:15:02.000Z", "2026-11-03 13:15:02 UTC", "2026-11-03T08:15:02-0500", "11/3/2026 2:15:02 PM", "1793711702", "1793711702.000", "1793711702000", "1793711702000000"]) {
      assert.equal(parseStamp(stamp, "Europe/Berlin"), EPOCH, stamp);
    }
    assert.equal(parseStamp("2026-11-03 08:15:02", -300), EPOCH);
    assert.equal(parseStamp("11/3/2026 12:00:00 AM", "UTC"), Date.UTC(2026, 10, 3));
    for (const stamp of ["", "yesterday", "2026-02-30 10:00:00", "2026-13-01", "25:00", "0", "99999999999999999999", "2026-11-03 24:00:00"]) assert.equal(parseStamp(stamp, "UTC"), undefined, stamp);
  });
});
