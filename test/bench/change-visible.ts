// How long a posted message takes until a question sees it, through the whole appliance over HTTP.
import { systemClock } from "../../app/platform/index.ts";
import { startTestAppliance } from "../support/in-process.ts";
import { quantile, round } from "./statistics.ts";

export interface Watched<View> {
  times: number;
  /** what is posted the i-th time (from 1 on): the fields that matter, the rest is a chat of one customer */
  message: (i: number) => Record<string, unknown>;
  /** where it is looked for */
  path: string;
  isSeen: (view: View, i: number) => boolean;
}

/** @throws Error when a message is not seen within 10 s */
export async function changeVisible<View>({ times, message, path, isSeen }: Watched<View>): Promise<{ p50_ms: number; p99_ms: number; times: number }> {
  const house = await startTestAppliance();
  const took: number[] = [];
  try {
    for (let i = 1; i <= times; i++) {
      const began = performance.now();
      await house.post("/v1/messages", { channel: "web_chat", external_id: `b${i}`, sender: "customer", sent_at: new Date(systemClock.now()).toISOString(), ...message(i) });
      while (!isSeen((await (await house.get(path)).json()) as View, i)) if (performance.now() - began > 10_000) throw new Error("a change was not seen within 10 s");
      took.push(performance.now() - began);
    }
  } finally {
    await house.end();
  }
  return { p50_ms: round(quantile(took, 0.5)), p99_ms: round(quantile(took, 0.99)), times };
}
