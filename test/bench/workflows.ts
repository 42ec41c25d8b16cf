// npm run bench:workflows: how soon a completed form reaches its receiver over loopback HTTP, and what folding adds to the arrival of a message in a
// thread of 500. Prints one JSON object.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import type { ChannelEvent } from "../../app/domain/index.ts";
import { configSchema, installationRoot } from "../../app/platform/index.ts";
import { workOn } from "../../app/pipeline/workflows/workflow-work.ts";
import { startTestAppliance } from "../support/in-process.ts";
import { openThreadHouse } from "../support/thread-house.ts";
import { quantile, ratioOf, round } from "./statistics.ts";

const RUNS = 250;
const THREAD = 500;
const ROUNDS = 20;
const ARRIVALS = 10;

/** Each run is a customer of its own; the clock stops when the receiver has the whole body. */
async function deliveredWithin(): Promise<Record<string, number>> {
  const waiting = new Map<string, (at: number) => void>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk)).on("end", () => {
      const at = performance.now();
      response.writeHead(200).end();
      const { slots } = JSON.parse(Buffer.concat(chunks).toString("utf8")) as { slots: { order_number: string } };
      waiting.get(slots.order_number)?.(at);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const folder = mkdtempSync(join(tmpdir(), "earshot-bench-"));
  const workflows = join(folder, "workflows");
  mkdirSync(workflows);
  const shipped = join(installationRoot(), "config", "workflows");
  for (const file of readdirSync(shipped)) writeFileSync(join(workflows, file), `${readFileSync(join(shipped, file), "utf8")}endpoint: { url: "http://127.0.0.1:${(server.address() as AddressInfo).port}/", secret: a-secret-of-the-receiver }\n`);
  const house = await startTestAppliance({ workflows: { folder: workflows } });
  const took: number[] = [];
  const answered: number[] = [];
  try {
    for (let run = 0; run < RUNS; run++) {
      const order = String(1_000_000 + run);
      let id = 0;
      const say = (sender: string, text: string): Promise<Response> => house.post("/v1/messages", { channel: "web_chat", external_id: `w${run}-${id++}`, customer: { email: `c${run}@example.org` }, sender, text, sent_at: new Date().toISOString(), session_external_id: `s${run}` });
      await say("customer", `I want to return order ${order}, it arrived broken`);
      await say("bot", "Would you like a refund, an exchange or a replacement?");
      const arrived = new Promise<number>((resolve, reject) => {
        waiting.set(order, resolve);
        setTimeout(() => reject(new Error("a payload did not arrive within 30 s")), 30_000).unref();
      });
      const began = performance.now();
      await say("customer", "a refund please");
      answered.push(performance.now() - began);
      took.push((await arrived) - began);
    }
  } finally {
    await house.end();
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
  return { runs: took.length, p50_ms: round(quantile(took, 0.5)), p99_ms: round(quantile(took, 0.99)), worst_ms: round(Math.max(...took)), post_answered_p50_ms: round(quantile(answered, 0.5)) };
}

/** The same arrivals into three threads alike, with and without workflows, and without once more as the control. */
function foldingCost(): Record<string, unknown> {
  const sides = (["with", "without", "control"] as const).map((name) => {
    const house = openThreadHouse();
    if (name !== "with") house.parts.workflows = workOn([], configSchema.parse({}));
    const begin = house.clock.now();
    let n = 0;
    const say = (): ChannelEvent => {
      const at = n++;
      const text = at === 0 ? "I want to return order 48213, and I need an appointment" : at % 2 === 0 ? `well I waited ${at} minutes and the driver of my parcel said it would come on the ${(at % 27) + 1}th of May at ${(at % 11) + 1} o'clock` : "Thank you, may I have your full name and the best telephone number to reach you?";
      return { kind: "message", message: { source: "web", channel: "web_chat", externalId: `b${at}`, kind: "text", speaker: at % 2 === 0 ? "customer" : "bot", text, atMs: begin + at * 1000, customer: { identities: [{ kind: "email", value: "a@example.org" }] }, sessionKey: "1" } };
    };
    for (let i = 0; i < THREAD; i++) house.receive(say());
    const arrive = (): number => {
      const began = performance.now();
      house.receive(say());
      return performance.now() - began;
    };
    return { name, house, arrive };
  });
  const times: Record<string, number[][]> = { with: [], without: [], control: [] };
  for (let at = 0; at < ROUNDS; at++) for (const side of at % 2 === 0 ? sides : [...sides].reverse()) times[side.name]?.push(Array.from({ length: ARRIVALS }, side.arrive));
  for (const { house } of sides) house.close();
  const of = (name: string): { p50_ms: number; p99_ms: number } => ({ p50_ms: round(quantile((times[name] ?? []).flat(), 0.5)), p99_ms: round(quantile((times[name] ?? []).flat(), 0.99)) });
  const ratios = (name: string) => ratioOf((times[name] ?? []).map((list, i) => quantile(list, 0.5) / quantile(times["without"]?.[i] ?? [1], 0.5)));
  return { messages: THREAD, with: of("with"), without: of("without"), added_p50_ms: round(of("with").p50_ms - of("without").p50_ms), ratio: ratios("with"), control: ratios("control") };
}

console.log(JSON.stringify({
  at: new Date().toISOString(),
  machine: { cores: cpus().length, model: cpus()[0]?.model, load: loadavg()[0], node: process.version },
  bars: { delivered_p99_ms: "< 1000" },
  delivered: await deliveredWithin(),
  folding: foldingCost(),
}, null, 2));
