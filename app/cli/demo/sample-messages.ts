// What the customer of the first sample call wrote before and after it, on other channels: one thread.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { API, messageEvents, readMessages } from "../../intake/index.ts";
import { installationRoot } from "../../platform/index.ts";
import { say } from "../output.ts";
import type { Served } from "../serve.ts";
import type { SampleCall } from "./sample-calls.ts";

/** Hands the messages in as a chat server would. @param caller the sample call of the customer who writes */
export async function sendSampleMessages(caller: SampleCall, { appliance }: Served): Promise<void> {
  const written = readFileSync(join(installationRoot(), "scripts", "demo", "messages.json"), "utf8");
  const inputs = readMessages(Buffer.from(written.replaceAll("PHONE", caller.direction === "inbound" ? caller.from : caller.to)));
  await appliance.receive(API, messageEvents(inputs, new Map(), { country: appliance.config.site.country, nowMs: appliance.clock.now() }));
}

/** What whoever answers this customer next is told. */
export function showThread(caller: SampleCall, { appliance }: Served): void {
  const customerId = appliance.store.reads.callView(caller.call_id)?.customer_id ?? undefined;
  const context = customerId === undefined ? undefined : appliance.context.of(customerId, { messages: 40 });
  if (context === undefined) return;
  const channels = [...new Set(context.messages.map((message) => message.channel.replace("_", " ")))];
  say(`\nOne customer, one thread: ${context.customer.name ?? "the caller"} by ${channels.join(", ")} (${context.customer.identities.length} addresses, ${context.open_conversations.length} open ${context.open_conversations.length === 1 ? "conversation" : "conversations"}):`);
  for (const message of context.messages) {
    const text = message.text.replace(/\s+/g, " ");
    say(`  ${message.at.slice(0, 16).replace("T", " ")}  ${message.channel.replace("_", " ").padEnd(9)}  ${message.speaker.padEnd(8)}  ${text.length > 96 ? `${text.slice(0, 95)}…` : text}`);
  }
}
