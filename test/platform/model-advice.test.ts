// Which models a machine is advised to take: one row a machine, with the models that really ship in the list.
import assert from "node:assert/strict";
import fc from "fast-check";
import { adviseModels, cgroupFolders, inspectMachine, parseCpuLimit, parseMemoryLimit, parseNvidia, parseVulkan, readManifest, type AdviceFacts, type Machine } from "../../app/platform/index.ts";
import { renderAdvice } from "../../app/cli/model-recommend.ts";

const models = readManifest({});
const machine = (cores: number, memoryGb: number, more: Partial<Machine> = {}): Machine => ({ cores, memoryMb: memoryGb * 1000, diskMb: 50_000, hasFastMath: true, ...more });
const facts = (given: Machine, more: Partial<AdviceFacts> = {}): AdviceFacts => ({ machine: given, models, language: "en", speechThreads: Math.max(1, Math.ceil(given.cores / 2)), usesGpu: false, ...more });
const GPU = { name: "Tesla T4", memoryMb: 16_000, via: "cuda" } as const;

describe("adviseModels", () => {
  const rows: [string, AdviceFacts, speech: string | undefined, language: string | undefined, embedding: string | undefined, warning?: RegExp][] = [
    ["one core, 1 GB: nothing that is more than a toy", facts(machine(1, 1)), undefined, undefined, undefined, /No speech model for en fits/],
    ["one core, 2 GB", facts(machine(1, 2)), "base.en-q8_0", undefined, "bge-small-en-v1.5", /this machine is too small/],
    ["two cores, 4 GB", facts(machine(2, 4)), "base.en-q8_0", "qwen2.5-1.5b-instruct", "bge-small-en-v1.5", /speech\.threads: 2 .+ small\.en/],
    ["two cores, all for speech", facts(machine(2, 4), { speechThreads: 2 }), "small.en-q8_0", "qwen2.5-1.5b-instruct", "bge-small-en-v1.5"],
    ["four cores, 8 GB", facts(machine(4, 8)), "small.en-q8_0", "qwen3-4b-instruct-2507", "bge-small-en-v1.5"],
    ["eight cores, 16 GB", facts(machine(8, 16)), "medium.en-q8_0", "qwen3-4b-instruct-2507", "bge-small-en-v1.5"],
    ["sixteen cores, 32 GB", facts(machine(16, 32)), "large-v3-turbo-q8_0", "qwen3-4b-instruct-2507", "bge-small-en-v1.5"],
    ["sixteen cores, German", facts(machine(16, 32), { language: "de" }), "large-v3-turbo-q8_0", "qwen3-4b-instruct-2507", "multilingual-e5-small"],
    ["four cores, several languages", facts(machine(4, 8), { language: "auto" }), "small-q8_0", "qwen3-4b-instruct-2507", "multilingual-e5-small"],
    ["two cores without AVX2", facts(machine(2, 8, { hasFastMath: false })), "tiny.en-q8_0", undefined, "bge-small-en-v1.5", /No language model fits/],
    ["a tenth of a core", facts(machine(0.1, 8)), "tiny.en-q8_0", undefined, undefined, /does not keep up/],
    ["almost no disk", facts(machine(16, 32, { diskMb: 2_100 })), "base.en-q8_0", undefined, undefined],
    ["a graphics processor that lies idle", facts(machine(4, 16, { gpu: GPU })), "small.en-q8_0", "qwen3-4b-instruct-2507", "bge-small-en-v1.5", /Tesla T4 lies idle/],
    ["a graphics processor that is used", facts(machine(4, 16, { gpu: GPU }), { usesGpu: true }), "large-v3-turbo-q8_0", "qwen3-4b-instruct-2507", "bge-small-en-v1.5"],
  ];
  for (const [what, given, speech, language, embedding, warning] of rows) {
    it(`${what}: ${speech ?? "no speech"}, ${language ?? "no language"}, ${embedding ?? "no embedding"}`, () => {
      const advice = adviseModels(given);
      assert.deepEqual([advice.speech?.name, advice.language?.name, advice.embedding?.name], [speech, language, embedding]);
      if (warning !== undefined) assert.ok(advice.warnings.some((one) => warning.test(one)), advice.warnings.join("\n"));
    });
  }

  it("never asks for more memory, disk or time than there is, unless it says so", () => {
    const machines = fc.record({ cores: fc.double({ min: 0.1, max: 64, noNaN: true }), memoryMb: fc.integer({ min: 256, max: 256_000 }), diskMb: fc.integer({ min: 0, max: 100_000 }), hasFastMath: fc.boolean() });
    fc.assert(
      fc.property(machines, fc.constantFrom("en", "de", "auto"), fc.integer({ min: 1, max: 64 }), (given, language, speechThreads) => {
        const advice = adviseModels(facts(given, { language, speechThreads }));
        const chosen = [advice.speech, advice.language, advice.embedding].filter((one) => one !== undefined);
        assert.ok(advice.speech === undefined || advice.memoryMb <= given.memoryMb);
        assert.ok(chosen.reduce((sum, one) => sum + one.diskMb, 0) <= Math.max(0, given.diskMb));
        assert.ok(advice.realTimeFactor <= 1.01 || advice.warnings.some((one) => one.includes("does not keep up")));
        for (const one of chosen) assert.ok(models.find((model) => model.name === one.name)?.languages.some((known) => known === "*" || known === language));
        assert.equal(advice.callsPerHour, Math.floor(advice.minutesPerHour / 5));
      }),
      { numRuns: 300 },
    );
  });

  it("asks for no disk and no command for what is installed", () => {
    const installed = models.map((model) => (model.name === "small.en-q8_0" ? { ...model, path: "/there" } : model));
    const { speech } = adviseModels(facts(machine(4, 8, { diskMb: 0 }), { models: installed }));
    assert.deepEqual([speech?.name, speech?.isInstalled, speech?.command], ["small.en-q8_0", true, undefined]);
  });

  it("is said in words with the commands to type and the calls an hour", () => {
    const given = facts(machine(4, 8));
    const text = renderAdvice(given, adviseModels(given));
    for (const part of ["4 cores", "earshot models fetch small.en-q8_0", "in the settings: speech.model: small.en-q8_0", "calls of five minutes an hour", "real time, both parties"]) assert.ok(text.includes(part), `${part}\n${text}`);
    const small = facts(machine(1, 1));
    assert.match(renderAdvice(small, adviseModels(small)), /Nothing fits/);
  });
});

describe("inspectMachine", () => {
  it("sees this machine, within what it has", async () => {
    const { cores, memoryMb, diskMb } = await inspectMachine("/no/such/folder/yet");
    assert.ok(cores > 0 && cores <= 1024 && memoryMb > 100 && diskMb > 0);
  });

  it("reads the limits of containers, of both versions", () => {
    assert.deepEqual([parseCpuLimit("150000", "100000"), parseCpuLimit("max", "100000"), parseCpuLimit("-1", "100000"), parseCpuLimit("", "")], [1.5, undefined, undefined, undefined]);
    assert.deepEqual([parseMemoryLimit("2147483648\n"), parseMemoryLimit("max\n"), parseMemoryLimit("9223372036854771712"), parseMemoryLimit("")], [2_147_483_648, undefined, undefined, undefined]);
    assert.deepEqual(cgroupFolders("0::/a/b\n", "memory"), ["/sys/fs/cgroup/a/b", "/sys/fs/cgroup/a", "/sys/fs/cgroup"]);
    assert.deepEqual(cgroupFolders("4:memory:/x\n2:cpu,cpuacct:/y\n0::/\n", "cpu"), ["/sys/fs/cgroup/cpu,cpuacct/y", "/sys/fs/cgroup/cpu,cpuacct"]);
    assert.deepEqual(cgroupFolders("", "cpu"), []);
  });

  it("knows graphics processors by their tools' answers, and no software driver", () => {
    assert.deepEqual(parseNvidia("Tesla T4, 15360\nTesla T4, 15360\n"), { name: "Tesla T4", memoryMb: 16_106, via: "cuda" });
    assert.equal(parseNvidia("NVIDIA-SMI has failed"), undefined);
    const gpu = (type: string, name: string): string => `GPU0:\n\tdeviceType         = ${type}\n\tdeviceName         = ${name}\n`;
    assert.deepEqual(parseVulkan(`Devices:\n${gpu("PHYSICAL_DEVICE_TYPE_DISCRETE_GPU", "AMD Radeon RX 7600")}`), { name: "AMD Radeon RX 7600", via: "vulkan" });
    assert.equal(parseVulkan(gpu("PHYSICAL_DEVICE_TYPE_CPU", "llvmpipe (LLVM 15)")), undefined);
  });
});
