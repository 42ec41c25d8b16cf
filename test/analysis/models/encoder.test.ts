// The encoder that ships, with the real runtime in its own process; and what the engine makes of an encoder's opinion.
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { createExtractiveEngine, loadTaxonomy, openSiteEncoder, type Encoder } from "../../../app/analysis/index.ts";
import { loadFindingsModel } from "../../../app/analysis/learned/findings-model.ts";
import { openEncoder } from "../../../app/analysis/models/transformers/encoder.ts";
import { createWordPieces, MARKS } from "../../../app/analysis/models/transformers/word-pieces.ts";
import { AppError, type Turn } from "../../../app/domain/index.ts";
import { configSchema, installationRoot, silentLog, type Log } from "../../../app/platform/index.ts";

const root = installationRoot();
const shipped = join(root, "models", "starter-encoder");
const customer = (text: string) => ({ isHouse: false, text });
const house = (text: string) => ({ isHouse: true, text });
const likeliest = (chances: Readonly<Record<string, number>>): string => Object.entries(chances).sort((a, b) => b[1] - a[1])[0]?.[0] ?? "";

describe("word pieces", () => {
  const split = createWordPieces([...MARKS, "i", "##i", "un", "##plug", "##ged", "cafe", "'", "m", "-"]);
  const numbers = (text: string): number[][] => split(text).map(({ pieces }) => [...pieces]);

  it("the longest known piece first, small letters without accents, every mark by itself, and what nothing knows as one", () => {
    assert.deepEqual(numbers("Unplugged Café"), [[9, 10, 11], [12]]);
    assert.deepEqual(numbers("I’m–I"), [[7], [13], [14], [15], [7]]);
    assert.deepEqual(numbers("xylophone"), [[1]]);
  });

  it("words keep their places in any text, none lost and none twice", () => {
    fc.assert(fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), (text) => {
      const words = split(text);
      const bare = (some: string): string => some.replace(/[\s\p{M}]+/gu, ""); // an accent without a letter is no word
      assert.equal(bare(words.map(({ from, to }) => text.slice(from, to)).join("")), bare(text));
      assert.ok(words.every(({ pieces }) => pieces.length > 0));
    }));
  });
});

describe("the encoder that ships", () => {
  const encoder = openEncoder(shipped, { log: silentLog, threads: 1 });
  after(() => encoder.stop());

  it("tells what a customer came for in words of none of the phrases, and that a wrong number wants nothing", async () => {
    const examples: [string, ReturnType<typeof customer>[]][] = [
      ["returns.send_back", [house("Hello, how can I help?"), customer("These boots pinch something rotten, can I post them back and have the money")]],
      ["travel.lost_luggage", [customer("we're in Lisbon and my suitcase went to Madrid by the looks of it")]],
      ["account.card_blocking", [customer("left my purse on the bus with the visa in it, can you put a stop on it")]],
      ["none", [customer("Is that the vet's?"), house("No, this is Harbour Home."), customer("Oh sorry love, wrong number")]],
    ];
    for (const [reason, turns] of examples) {
      const { reasons } = await encoder.read(turns);
      assert.equal(likeliest(reasons), reason);
      assert.ok(Math.abs(Object.values(reasons).reduce((sum, one) => sum + one, 0) - 1) < 1e-4);
    }
  });

  it("marks words where they stand, and knows choices", async () => {
    const text = "I'm Moira Kells. The fan heater you sent cuts out after a minute, I want a refund";
    const { words, choices } = await encoder.read([house("Good morning"), customer(text)]);
    const tagged = (role: string): string[] => words.filter(({ turn, chances }) => turn === 1 && encoder.tags[chances.indexOf(Math.max(...chances))]?.endsWith(`-${role}`) === true).map(({ from, to }) => text.slice(from, to));
    assert.deepEqual([tagged("name"), tagged("item")], [["Moira", "Kells"], ["fan", "heater"]]);
    assert.deepEqual([likeliest(choices["reason"] ?? {}), likeliest(choices["resolution"] ?? {})], ["faulty", "refund"]);
  });

  it("of an hour of talk it reads the first words, whole ones; of nothing it makes something", async () => {
    const long = await encoder.read(Array.from({ length: 400 }, (_, at) => (at % 2 === 0 ? house("Can I take the order number?") : customer("It is four seven one one"))));
    assert.ok(long.words.length > 250 && long.words.length < 384);
    assert.deepEqual((await encoder.read([])).words, []);
    assert.ok((await encoder.read([customer("")])).reasons["none"] !== undefined);
  });

  it("gives up at once when aborted, and reads the next one", async () => {
    const reason = new Error("enough");
    await assert.rejects(encoder.read([customer("hello")], AbortSignal.abort(reason)), reason);
    assert.equal(likeliest((await encoder.read([customer("My parcel has not turned up")])).reasons), "delivery.not_arrived");
  });

  it("what is no such folder says so; weights that are none fail with the first conversation", async () => {
    const folder = mkdtempSync(join(tmpdir(), "earshot-encoder-"));
    try {
      assert.throws(() => openEncoder(folder, { log: silentLog }), (error: unknown) => error instanceof AppError && error.code === "MODEL_INVALID");
      cpSync(shipped, folder, { recursive: true });
      writeFileSync(join(folder, "onnx", "model_quantized.onnx"), "nothing");
      const broken = openEncoder(folder, { log: silentLog });
      await assert.rejects(broken.read([customer("hello")]), (error: unknown) => error instanceof AppError && error.code === "ENCODING_FAILED");
      await broken.stop();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("a site may do without, and one that lacks it is told", () => {
    const settings = (encoder: boolean) => configSchema.parse({ analysis: { encoder } }).analysis;
    const lines: string[] = [];
    const log = Object.assign(Object.create(silentLog) as Log, { warn: ({ event }: { event: string }) => lines.push(event) });
    assert.equal(openSiteEncoder(settings(false), root, log), undefined);
    assert.deepEqual(lines, []);
    assert.equal(openSiteEncoder(settings(true), tmpdir(), log), undefined);
    assert.deepEqual(lines, ["analysis.encoder_missing"]);
  });
});

describe("an engine with an encoder", () => {
  const taxonomy = loadTaxonomy(join(root, "config", "taxonomy.yaml"));
  const model = loadFindingsModel(join(root, "models", "starter-findings", "findings.json"));
  const turns: Turn[] = [["agent", "Good morning, what can I do for you?"], ["customer", "It is about the thing from last week, I am not happy with it at all"]].map(([speaker, text], at) => ({ id: `t${at}`, speaker: speaker as Turn["speaker"], startMs: at * 1000, endMs: at * 1000 + 900, text: text ?? "", confidence: 0.9 }));
  const input = { turns, startedAtMs: Date.UTC(2026, 10, 4, 10), timeZone: "Europe/London", language: "en", durationMs: 2000 };
  const sure = (reason: string): Encoder["read"] => () => Promise.resolve({ reasons: { [reason]: 1 }, choices: {}, words: [] });
  const analyse = (encode?: () => ReturnType<Encoder["read"]> | Promise<undefined>, language = "en") => createExtractiveEngine({ taxonomy, companyNames: [], model, ...(encode === undefined ? {} : { encode }) }).analyse({ ...input, language });

  it("its opinion counts beside that of the words, of English only, and what it does not read changes nothing", async () => {
    const alone = await analyse();
    assert.equal((await analyse(() => sure("travel.lost_luggage")([]))).reason, "travel.lost_luggage");
    assert.deepEqual(await analyse(() => Promise.resolve(undefined)), alone);
    const german = await analyse(undefined, "de");
    assert.deepEqual(await analyse(() => sure("travel.lost_luggage")([]), "de"), german);
  });
});
