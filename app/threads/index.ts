// One customer, one thread: how messages become sessions and sessions conversations. Pure.
export * from "./gather-conversations.ts";
export * from "./gather-sessions.ts";
export * from "./roll-up.ts";
export * from "./running-summary.ts";
export * from "./duplicates.ts";
export * from "./context.ts";
export * from "./passages.ts";
