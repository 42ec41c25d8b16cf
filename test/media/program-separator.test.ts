// A program with speaker models tells the voices apart, in a process of its own; when it cannot, Earshot's own way does.
import assert from "node:assert/strict";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createProgramSeparator, notSeparated, type Separation } from "../../app/media/index.ts";
import { spansOf } from "../../app/media/separation/program-separator.ts";
import { inFolder } from "./sounds.ts";

/** Runs a fake program: a shell script that sees its arguments as sherpa-onnx would. */
async function ask(script: string, signal?: AbortSignal): Promise<{ found: Separation; failures: string[]; calls: string[] }> {
  const failures: string[] = [];
  let found: Separation | undefined;
  let calls: string[] = [];
  await inFolder(async (folder) => {
    const program = join(folder, "diarise");
    await writeFile(program, `#!/bin/sh\nfor last; do :; done\necho "$@" >> ${folder}/calls\nhead -c 44 "$last" | tail -c 4 | od -An -tu4 >> ${folder}/calls\n${script}\n`);
    await chmod(program, 0o755);
    await writeFile(join(folder, "channel-0.pcm"), Buffer.alloc(64_000));
    const separator = createProgramSeparator({ program, segmentationModel: "/m/segmentation.onnx", embeddingModel: "/m/embedding.onnx", otherwise: { name: "other", separate: async () => notSeparated("the other one") }, onFailure: (why) => failures.push(why) });
    found = await separator.separate(join(folder, "channel-0.pcm"), [{ startMs: 0, endMs: 2000 }], signal);
    calls = existsSync(join(folder, "calls")) ? (await readFile(join(folder, "calls"), "utf8")).trim().split("\n") : [];
    assert.equal(existsSync(join(folder, "voices.wav")), false);
  });
  assert.ok(found);
  return { found, failures, calls };
}
const TWO = "echo 'Config(...)'; echo Started; echo '1.500 -- 2.000 speaker_01'; echo '0.318 -- 1.200 speaker_00'; echo '1.100 -- 1.300 speaker_00'; echo 'Duration : 2.000 s'";

describe("media: separation by a program", () => {
  it("createProgramSeparator: gets both models and the sound as WAV, and its lines become stretches per voice", async () => {
    const { found, failures, calls } = await ask(TWO);
    assert.deepEqual(found.voices, [[{ startMs: 318, endMs: 1300 }], [{ startMs: 1500, endMs: 2000 }]]);
    assert.deepEqual([found.source, failures], ["diarised", []]);
    assert.match(calls[0] ?? "", /^--segmentation\.pyannote-model=\/m\/segmentation\.onnx --embedding\.model=\/m\/embedding\.onnx \/\S+voices\.wav$/);
    assert.equal(Number(calls[1]), 64_000, "the header says how much sound follows");
  });

  it("createProgramSeparator: three voices are asked for again as two", async () => {
    const { found, calls } = await ask(`case "$*" in *num-clusters=2*) ${TWO} ;; *) ${TWO}; echo '0.1 -- 0.2 speaker_02' ;; esac`);
    assert.equal(found.source, "diarised");
    assert.equal(calls.filter((line) => line.includes("--clustering.num-clusters=2")).length, 1);
  });

  it("createProgramSeparator: one voice is one voice", async () => {
    const { found } = await ask("echo '0.318 -- 1.200 speaker_00'");
    assert.deepEqual([found.source, found.reason, found.voices], ["none", "one voice", [[], []]]);
  });

  for (const [title, script] of [["crashes", "kill -SEGV $$"], ["fails", "echo 'no such model' >&2; exit 255"], ["says nothing that can be read", "echo hello"]] as const) {
    it(`createProgramSeparator: Earshot's own way is taken when the program ${title}`, async () => {
      const { found, failures } = await ask(script);
      assert.deepEqual([found.reason, failures.length], ["the other one", 1]);
    });
  }

  it("createProgramSeparator: an abort ends the program", async () => {
    const abort = new AbortController();
    const reason = new Error("stop");
    setTimeout(() => abort.abort(reason), 200);
    await assert.rejects(ask("sleep 60", abort.signal), reason);
  });

  it("spansOf: lines that are not times are passed over", () => {
    assert.equal(spansOf("0.1 -- x speaker_0\n-1 -- 2 speaker_00\n2.0 -- 1.0 speaker_00\nabc"), undefined);
    assert.equal(spansOf(undefined), undefined);
  });
});
