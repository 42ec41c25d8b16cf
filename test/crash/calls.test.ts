// SIGKILL at every boundary of every stage of a call, three times; an outside oracle then asks: every call that was acknowledged is finished once,
// and the CRM saw every result once in effect.
import assert from "node:assert/strict";
import type { ApplianceProcess } from "../support/appliance-process.ts";
import { callWav, SHORTEST_CALL } from "../support/call-audio.ts";
import { openCrashSite, type CrashSite } from "../support/crash-site.ts";
import { startCrm, startPbx, type Receiver } from "../support/receivers.ts";

const TOKEN = "a-token-of-the-telephone-system";
const ROUNDS = 3;

/** One boundary of each stage in turn, so that no single job dies three times in a row (which would rightly park it). */
const BOUNDARIES = [
  "accept.saved", "fetch.claimed", "prepare.claimed", "transcribe.claimed", "analyse.claimed", "deliver.claimed",
  "accept.committed", "fetch.ran", "prepare.ran", "transcribe.heard", "analyse.ran", "deliver.ran",
  "fetch.saved", "prepare.saved", "transcribe.ran", "analyse.saved", "deliver.saved",
  "fetch.committed", "prepare.committed", "transcribe.saved", "analyse.committed", "deliver.committed",
  "transcribe.committed",
];

describe("crash: calls", function () {
  this.timeout(900_000);
  const acknowledged = new Set<string>();
  let crm: Awaited<ReturnType<typeof startCrm>>;
  let pbx: Receiver;
  let site: CrashSite;
  let posted = 0;

  before(async () => {
    crm = await startCrm();
    pbx = await startPbx((path) => callWav(SHORTEST_CALL, 2000, Number(/(\d+)/.exec(path)?.[1] ?? 0)));
    site = openCrashSite({
      intake: { allow_http: true, recording_hosts: ["127.0.0.1"], disk_reserve_mb: 0, sources: [{ name: "pbx", adapter: "generic", auth: { type: "bearer", tokens: [TOKEN] } }] },
      crm: { url: `${crm.url}/calls`, secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" },
    });
  });
  after(async () => {
    await crm.close();
    await pbx.close();
    site.remove();
  });

  /** A telephone system that repeats a notification until it is acknowledged, with a new process after a crash. */
  const announce = async ({ url }: ApplianceProcess, n: number): Promise<boolean> => {
    const callId = `call-${n}`;
    try {
      const response = await fetch(`${url}/v1/webhooks/calls/pbx`, {
        method: "POST",
        headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" },
        body: JSON.stringify({ call_id: callId, recording_url: `${pbx.url}/${callId}.wav`, direction: "inbound", from: "+14155550132", to: "+14155550100" }),
        signal: AbortSignal.timeout(5000),
      });
      if (response.status !== 202) return false;
      acknowledged.add(callId);
      return true;
    } catch {
      return false;
    }
  };

  it(`loses nothing and doubles nothing over ${BOUNDARIES.length} boundaries × ${ROUNDS}`, async () => {
    for (let round = 0; round < ROUNDS; round++) await site.dieAtEach(BOUNDARIES, (life) => announce(life, ++posted));
    await site.finish(async (life) => {
      // what was announced and never acknowledged is announced again, as telephone systems do
      for (let n = 1; n <= posted; n++) assert.ok(await announce(life, n), `call-${n} is acknowledged`);
    });
    site.prove(crm);
    const sessions = site.rows<{ call_id: string; status: string; error_code: string | null }>("SELECT call_id, status, error_code FROM sessions");
    assert.deepEqual(sessions.map((one) => one.call_id).sort(), [...acknowledged].sort(), "every acknowledged call is there, once");
    assert.deepEqual(sessions.filter((one) => one.status !== "done"), [], "every acknowledged call is finished");
    const effects = [...crm.effects().values()].map((one) => String(one.body["call_id"]));
    assert.deepEqual(effects.sort(), [...acknowledged].sort(), "the CRM has every call once in effect");
  });
});
