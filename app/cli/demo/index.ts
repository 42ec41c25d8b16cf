// demo: the appliance on a throw-away data folder, with a sample telephone system and a sample CRM, all on this machine.
import { randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import type { CallView } from "../../domain/index.ts";
import { loadConfig, type Config } from "../../platform/index.ts";
import { clockTime, say } from "../output.ts";
import { renderCall } from "../render-call.ts";
import { startServing, untilToldToStop, type Served } from "../serve.ts";
import { readSampleCalls, type SampleCall } from "./sample-calls.ts";
import { startSampleCrm, type SampleCrm } from "./sample-crm.ts";
import { sendSampleMessages, showThread } from "./sample-messages.ts";
import { startSamplePbx, type SamplePbx } from "./sample-pbx.ts";

export interface DemoOptions {
  /** end when the sample calls are finished */
  exit: boolean;
  /** leave the data folder for a look */
  keep: boolean;
}

/** Longest that the sample calls may take on a very slow machine before the demo says that something is wrong. */
const PATIENCE_MS = 15 * 60_000;

/** The sample call whose customer also writes: a chat before it, a mail and a text message after it. */
const WRITES = "demo-double-charge";

const ARRIVALS = {
  webhook: "announced by webhook, recording fetched",
  freeswitch: "FreeSWITCH call record, then its recording",
  folder: "dropped into the watched folder",
  upload: "handed in by hand",
} as const;

/** The verb. @returns false when a sample call failed */
export async function demo(options: DemoOptions): Promise<boolean> {
  const told = untilToldToStop();
  const folder = await mkdtemp(join(tmpdir(), "earshot-demo-"));
  const secret = `whsec_${randomBytes(32).toString("base64")}`;
  const crm = await startSampleCrm(secret);
  let served: Served | undefined;
  let pbx: SamplePbx | undefined;
  try {
    const token = randomBytes(24).toString("base64url");
    served = await startServing(await demoConfig(folder, crm.url, secret, token));
    say(`Earshot is running at ${served.url} on a throw-away data folder (${folder}).`);
    const calls = readSampleCalls();
    pbx = await startSamplePbx({ calls, earshotUrl: served.url, token, folder: join(folder, "recordings"), net: served.appliance.parts.net });
    const isWell = await play(calls, served, pbx, crm, told);
    invite(served);
    if (!options.exit) await told;
    return isWell;
  } finally {
    await pbx?.close();
    await served?.stop();
    await crm.close();
    if (options.keep) say(`The data folder is kept: ${folder}`);
    else await rm(folder, { recursive: true, force: true });
  }
}

/** A site with one source per way of arriving, in the country of the sample numbers. Nothing of the machine's own configuration is used. */
async function demoConfig(folder: string, crmUrl: string, secret: string, token: string): Promise<Config> {
  const recordings = join(folder, "recordings");
  await mkdir(recordings);
  const file = join(folder, "earshot.yaml");
  const auth = { type: "bearer", tokens: [token] };
  await writeFile(
    file,
    stringify({
      data_dir: join(folder, "data"),
      log_level: "error",
      site: { name: "Demo", country: "GB", timezone: "Europe/London" },
      http: { port: await freePort() }, // a fixed one, so that the links in results lead somewhere
      intake: {
        allow_http: true,
        recording_hosts: ["127.0.0.1"],
        disk_reserve_mb: 100,
        sources: [{ name: "pbx", auth }, { name: "freeswitch", adapter: "freeswitch", auth }],
        folders: [{ path: recordings, source: "folder", name_template: "freepbx", settle_seconds: 1, sweep_seconds: 1 }],
      },
      crm: { url: crmUrl, secret },
    }),
    { mode: 0o600 },
  );
  return loadConfig(file, {});
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function play(calls: readonly SampleCall[], served: Served, pbx: SamplePbx, crm: SampleCrm, told: Promise<unknown>): Promise<boolean> {
  say(`\n${calls.length} sample calls end:`);
  for (const call of calls) {
    if (call.arrives === "upload") await handIn(call, served);
    else await pbx.end(call);
    say(`  ${call.call_id.padEnd(30)}  ${call.title} (${ARRIVALS[call.arrives]})`);
  }
  const writer = calls.find((call) => call.call_id === WRITES);
  if (writer !== undefined) await sendSampleMessages(writer, served);
  say("\nListening …");
  let isStopped = false;
  void told.then(() => (isStopped = true));
  const finished = new Map<string, CallView>();
  const givenUpAt = Date.now() + PATIENCE_MS;
  while (finished.size < calls.length && !isStopped && Date.now() < givenUpAt) {
    for (const call of calls) {
      const view = finished.has(call.call_id) ? undefined : served.appliance.store.reads.callView(call.call_id);
      if (view === undefined || (view.status !== "done" && view.status !== "failed")) continue;
      finished.set(call.call_id, view);
      say(`\n${renderCall(view)}`);
    }
    await served.appliance.clock.sleep(100);
  }
  if (isStopped) return true;
  const expected = [...finished.values()].filter((view) => view.status === "done").length;
  while (crm.received.length < expected && !isStopped && Date.now() < givenUpAt) await served.appliance.clock.sleep(100);
  showCrm(crm);
  if (writer !== undefined) showThread(writer, served);
  return expected === calls.length && crm.received.length >= expected;
}

async function handIn(call: SampleCall, { appliance }: Served): Promise<void> {
  const staged = await appliance.stage(createReadStream(call.path), call.file);
  const { call_id, direction, from, to, agent, queue, started_at } = call;
  await appliance.acceptFile("upload", staged, {
    call_id, direction, from, to, started_at: Date.parse(started_at), ...(agent === undefined ? {} : { agent: { id: agent.id, ...(agent.name === undefined ? {} : { name: agent.name }) } }), ...(queue === undefined ? {} : { queue }),
  });
}

function showCrm(crm: SampleCrm): void {
  say(`\nWhat the sample CRM received (${crm.received.length} results, each signed and counted once):`);
  for (const body of crm.received) {
    say(`  ${String(body.call_id).padEnd(30)}  ${String(body.duration).padEnd(6)}  ${String(body.topic ?? "no topic").padEnd(18)}  ${oneLine(body.summary)}`);
  }
}

function oneLine(text: string | null): string {
  const flat = (text ?? "").replace(/\s+/g, " ");
  return flat.length > 110 ? `${flat.slice(0, 109)}…` : flat;
}

function invite({ url, appliance }: Served): void {
  const code = appliance.store.access.createLoginCode("admin");
  say(`\nDashboard: ${url}/login?code=${code}`);
  say("The link works once, for 15 minutes. These words were heard by the starter model, which was taught with synthetic voices such as these and does not understand people; see README.md.");
  say(`Press Ctrl-C to stop. (${clockTime(performance.now())} since the start)`);
}
