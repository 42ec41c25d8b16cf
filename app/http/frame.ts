// What every page of the dashboard knows about the house and the asker.
import type { Frame } from "../ui/index.ts";
import { MENDERS, type Exchange } from "./route.ts";
import { scopeOf } from "./principal.ts";

/** The rail says `100 open` for 100 and more: counting on would cost every page of a house with a backlog. */
const MOST_COUNTED = 100;

/** @param exchange without context for pages that nobody known may see */
export function frameOf({ parts, context }: Pick<Exchange, "parts"> & Partial<Pick<Exchange, "context">>, here: Frame["here"]): Frame {
  const { config, clock, store, speech } = parts.appliance;
  const principal = context?.principal ?? { kind: "anonymous" };
  const seesAll = scopeOf(principal).sees === "all";
  return {
    siteName: config.site.name,
    timeZone: config.site.timezone,
    nowMs: clock.now(),
    here,
    role: principal.kind === "anonymous" ? null : principal.role,
    person: principal.kind === "user" ? (principal.name ?? "One-time login") : null,
    seesAll,
    speechModel: speech.identity.model,
    staysOn: speech.identity.engine === "whisper.cpp" ? "this machine" : config.speech.allow_public ? "your speech endpoints" : "your network",
    unfinished: seesAll ? store.reads.countUnfinished(MOST_COUNTED) : null,
    asset: (name) => parts.assets.address(name),
    canMend: principal.kind !== "anonymous" && MENDERS.includes(principal.role),
  };
}
