// SIGKILL at every boundary of what follows a correction; the oracle then asks: every correction that was acknowledged stands, the judgement is of the
// corrected words, and what the CRM holds last, once in effect, is that judgement.
import assert from "node:assert/strict";
import type { CallView } from "../../app/domain/index.ts";
import type { ApplianceProcess } from "../support/appliance-process.ts";
import { openCrashSite, type CrashSite } from "../support/crash-site.ts";
import { demoSound } from "../support/demo-sound.ts";
import { startCrm } from "../support/receivers.ts";

const ROUNDS = 2;
/** Between two boundaries of one stage what died is finished, so that no single job dies three times (which would rightly park it). */
const BOUNDARIES = ["accept.saved", "judge.claimed", "deliver.ran", "judge.ran", "deliver.saved", "judge.saved", "accept.committed", "judge.committed"];
/** One more than corrections are made in a round: none is made good by the next one on the same call. */
const CALLS = BOUNDARIES.length + 1;

describe("crash: corrections", function () {
  this.timeout(900_000);
  /** what was said last of each call, as far as it was acknowledged */
  const said = new Map<string, string>();
  let crm: Awaited<ReturnType<typeof startCrm>>;
  let site: CrashSite;
  let corrections = 0;

  before(async () => {
    crm = await startCrm();
    site = openCrashSite({ intake: { disk_reserve_mb: 0 }, crm: { url: `${crm.url}/calls`, secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" } });
    await site.finish(async (life) => {
      for (let n = 1; n <= CALLS; n++) await upload(life, n);
    });
  });
  after(async () => {
    await crm.close();
    site.remove();
  });

  const ask = (life: ApplianceProcess, method: string, path: string, body?: string | FormData): Promise<Response> =>
    fetch(`${life.url}${path}`, { method, headers: { authorization: `Bearer ${site.key}`, ...(typeof body === "string" ? { "content-type": "application/json" } : {}) }, signal: AbortSignal.timeout(5_000), ...(body === undefined ? {} : { body }) });
  const view = async (life: ApplianceProcess, callId: string): Promise<CallView> => (await ask(life, "GET", `/v1/calls/${callId}`)).json() as Promise<CallView>;

  /** A customer says one sentence; every call begins a little later in it, for the same sound would be the same call. */
  async function upload(life: ApplianceProcess, n: number): Promise<void> {
    const form = new FormData();
    form.set("metadata", JSON.stringify({ call_id: `call-${n}`, direction: "inbound", channel_map: { 0: "customer", 1: "agent" } }));
    form.set("recording", new Blob([new Uint8Array(await demoSound("double-charge.wav", { fromMs: 7_600 + 10 * n, lengthMs: 3_000 }))]), `call-${n}.wav`);
    assert.equal((await ask(life, "POST", "/v1/calls", form)).status, 202);
  }

  /** Somebody corrects the next call, and says it again when nobody answered. Every other time it is a complaint, so that a judgement of the words before is another one. */
  async function correct(life: ApplianceProcess): Promise<boolean> {
    const n = corrections + 1;
    const callId = `call-${(n % CALLS) + 1}`;
    const text = `${isOdd(n) ? "I want to make a complaint" : "I have a question"} about the folder with the letter ${"abcdefghijklmnopqrstuvwxyz"[n % 26]}.`;
    try {
      const turn = (await view(life, callId)).turns.find((one) => one.speaker === "customer") ?? assert.fail(`somebody speaks in ${callId}`);
      const answer = await ask(life, "PUT", `/v1/calls/${callId}/turns/${turn.id}`, JSON.stringify({ text }));
      assert.equal(answer.status, 200, answer.ok ? "" : await answer.text());
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error;
      return false; // it died under it
    }
    corrections = n;
    said.set(callId, text);
    return true;
  }

  for (let round = 1; round <= ROUNDS; round++) {
    it(`loses nothing and doubles nothing over ${BOUNDARIES.length} boundaries, round ${round} of ${ROUNDS}`, async () => {
      await site.dieAtEach(BOUNDARIES, correct);
      await site.finish(
        async (life) => assert.ok(await correct(life)),
        async (life) => {
          for (const [callId, text] of said) judge(await view(life, callId), text);
        },
      );
      site.prove(crm);
    });
  }

  function judge(call: CallView, text: string): void {
    const isComplaint = text.includes("complaint");
    const turn = call.turns.find((one) => one.speaker === "customer");
    assert.deepEqual([call.status, turn?.text, turn?.corrected], ["done", text, true]);
    assert.equal(call.categories.some((one) => one.rule === "complaint"), isComplaint, `judged of: ${text}`);
    const own = [...crm.effects().values()].map((one) => one.body as { call_id: string; revision: number; transcript: string; categories: { rule: string }[] }).filter((one) => one.call_id === call.call_id);
    assert.deepEqual(own.map((one) => one.revision), [...new Set(own.map((one) => one.revision))].sort((a, b) => a - b), "each revision once in effect, and in order");
    const last = own.at(-1) ?? assert.fail(`the CRM has ${call.call_id}`);
    assert.deepEqual([last.revision, last.transcript.includes(text), last.categories.some((one) => one.rule === "complaint")], [call.revision, true, isComplaint]);
  }
});

const isOdd = (n: number): boolean => n % 2 === 1;
