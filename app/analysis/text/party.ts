// Which side a speaker is on. Pure.
import type { Speaker } from "../../domain/index.ts";

/** Who speaks for whom: a bot is the house's. */
export function partyOf({ speaker }: { speaker: Speaker }): "agent" | "customer" | "unknown" {
  return speaker === "bot" || speaker === "agent" ? "agent" : speaker === "customer" ? "customer" : "unknown";
}
