// 5,000 broken and hostile payloads, the same ones in every run: each is refused with its reason or becomes valid events. Nothing else is ever thrown.
import assert from "node:assert/strict";
import { AppError } from "../../app/domain/index.ts";
import { channelEventsSchema } from "../support/channel-event-schema.ts";
import { parseAs, readGoldens, type Golden } from "../support/channel-goldens.ts";
import { chanceOf, mutateBytes, mutateJson, type Chance } from "../support/mutations.ts";

const MUTATIONS = 5000;

describe("intake channels: hostile payloads", function () {
  this.timeout(60_000);
  const goldens = readGoldens();
  const outcomes = new Map<string, Record<"taken" | "refused", number>>();

  it(`${MUTATIONS} mutations over the payloads of every adapter are refused with a code of 4xx, or yield valid events`, () => {
    for (let seed = 1; seed <= MUTATIONS; seed++) {
      const chance = chanceOf(seed);
      const { name, golden } = goldens[seed % goldens.length] as (typeof goldens)[number];
      const counts = outcomes.get(golden.adapter) ?? { taken: 0, refused: 0 };
      counts[outcomeOf(golden, hostile(golden, chance), `${name}, seed ${seed}`)] += 1;
      outcomes.set(golden.adapter, counts);
    }
  });

  it("the mutations reach behind the first check: of every adapter many were taken and many were refused", () => {
    assert.deepEqual([...outcomes.keys()].sort(), ["chatwoot", "message", "twilio", "whatsapp"]);
    for (const [adapter, { taken, refused }] of outcomes) assert.ok(taken >= 50 && refused >= 50, `${adapter}: ${taken} taken, ${refused} refused`);
  });

  it("none of them reached the prototype of an object", () => {
    for (const name of ["isAdmin", "polluted"]) assert.equal(({} as Record<string, unknown>)[name], undefined);
  });
});

function outcomeOf(golden: Golden, body: Buffer, what: string): "taken" | "refused" {
  try {
    const checked = channelEventsSchema.safeParse(parseAs(golden, body));
    assert.ok(checked.success, `${what}: ${checked.error?.issues.slice(0, 3).map((issue) => `${issue.path.join(".")} ${issue.message}`).join("; ")}`);
    return "taken";
  } catch (thrown) {
    if (thrown instanceof assert.AssertionError) throw thrown;
    assert.ok(thrown instanceof AppError, `${what}: ${String(thrown)} ${(thrown as Error).stack ?? ""}`);
    assert.ok(thrown.status >= 400 && thrown.status < 500, `${what}: ${thrown.code}`);
    const problems = thrown.details["problems"] as { path: string; message: string }[];
    assert.ok(problems.length > 0 && problems.length <= 50 && thrown.message.length < 20_000, `${what}: ${thrown.code} without a reason`);
    return "refused";
  }
}

/** Forms are mutated as names and values, JSON as a tree; then the bytes of either. */
function hostile({ request }: Golden, chance: Chance): Buffer {
  if (request.text !== undefined) return mutateBytes(Buffer.from(request.text), chance);
  const mutated = mutateJson(request.form ?? request.json, chance);
  const isForm = request.form !== undefined && typeof mutated === "object" && mutated !== null;
  const text = isForm ? new URLSearchParams(Object.entries(mutated).map(([name, value]): [string, string] => [name, typeof value === "string" ? value : (JSON.stringify(value) ?? "")])).toString() : (JSON.stringify(mutated) ?? "");
  return mutateBytes(Buffer.from(text), chance);
}
