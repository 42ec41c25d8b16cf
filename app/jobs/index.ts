// The durable queue.
export * from "./backoff.ts";
export * from "./queue.ts";
