// The house that the browser looks at: a whole appliance with one sample call that was really heard, what its customer wrote, a stranger who
// is the same person, a call that failed and one whose recording never came.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { installationRoot } from "../../app/platform/index.ts";
import type { AssembleOptions } from "../../app/pipeline/index.ts";
import { startTestAppliance, type TestAppliance } from "../support/in-process.ts";
import { until } from "../support/appliance-process.ts";

/** Thirty seconds of sound: the shortest of the sample calls. */
export const HEARD = "demo-double-charge";
export const FAILED = "no-sound-1";
export const WAITING = "never-delivered-1";
/** who says so: the agent of the heard call */
export const AGENT = "201";

/** All six sample calls take two minutes of one core. */
const PATIENCE_MS = 15 * 60_000;

export interface House extends TestAppliance {
  /** customer of the heard call, with a chat, a mail and a text message */
  customerId: string;
  /** somebody with one chat, who is the same person */
  strangerId: string;
}

interface Sample { file: string; call_id: string; direction: string; from: string; to: string; agent?: object; queue?: string; started_at: string }

/** @param samples names of sample calls to hear, the first of them is `HEARD`'s */
export async function openHouse(samples: readonly string[] = ["double-charge"], options: AssembleOptions = {}, settings: Record<string, unknown> = {}): Promise<House> {
  const house = await startTestAppliance({ site: { name: "Northgate", country: "US", timezone: "Europe/London" }, ...settings }, options);
  const heard = await Promise.all(samples.map((name) => handIn(house, name)));
  await house.announce({ call_id: WAITING, direction: "inbound", from: "+12125550177", agent: { id: "202", name: "Tom Reed" }, queue: "billing", started_at: "2026-11-03T12:40:00Z" });
  await house.upload(Buffer.from("RIFF\u0000\u0000\u0000\u0000WAVEnothing follows"), "broken.wav", { call_id: FAILED, started_at: "2026-11-03T12:30:00Z" });
  await write(house, readFileSync(join(installationRoot(), "scripts", "demo", "messages.json"), "utf8").replaceAll("PHONE", "+12125550143"));
  await write(house, JSON.stringify({ channel: "web_chat", external_id: "stranger-1", session_external_id: "visitor-9", sent_at: "2026-11-04T12:00:00Z", customer: { chat_id: "visitor-9", name: "D. Carter" }, text: "Is my refund on its way?" }));
  for (const call of [...heard, FAILED]) await until(`${call} is finished`, PATIENCE_MS, () => ["done", "failed"].find((status) => house.appliance.store.reads.callView(call)?.status === status));
  const idOf = (search: string): Promise<string> => until(search, 10_000, async () => ((await (await house.get(`/v1/customers?q=${encodeURIComponent(search)}`)).json()) as { items: { id: string }[] }).items[0]?.id);
  return { ...house, customerId: await idOf("+12125550143"), strangerId: await idOf("D. Carter") };
}

async function handIn(house: TestAppliance, name: string): Promise<string> {
  const folder = join(installationRoot(), "scripts", "demo", "calls");
  const { file, call_id, direction, from, to, agent, queue, started_at } = JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8")) as Sample;
  await house.upload(readFileSync(join(folder, file)), file, { call_id, direction, from, to, agent, queue, started_at });
  return call_id;
}

/** A body of `POST /v1/messages`. @throws Error with the answer when it is refused */
export async function write(house: TestAppliance, body: string): Promise<void> {
  const answer = await house.post("/v1/messages", body);
  if (answer.status !== 202) throw new Error(`The message was answered ${answer.status}: ${await answer.text()}`);
}
