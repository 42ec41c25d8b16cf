// Writes live events to one client: with heartbeats, no faster than it reads, and no longer than it may.
import { once } from "node:events";
import type { Response } from "express";
import type { LiveEvent } from "../pipeline/index.ts";

/** Shorter than the idle time-outs of common proxies (30 s and more). */
export const HEARTBEAT_MS = 15_000;

/**
 * Resolves when the stream is over: the client left, the server stops, or the login ended (checked with every heartbeat).
 * @param events      ends when the signal of the connection aborts
 * @param isAdmitted  whether the asker may still listen
 */
export async function streamEvents(
  res: Response,
  events: AsyncIterable<LiveEvent>,
  connection: { signal: AbortSignal; close: () => void },
  isAdmitted: () => boolean,
  heartbeatMs = HEARTBEAT_MS,
): Promise<void> {
  res.status(200).set({ "Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-store", "X-Accel-Buffering": "no" });
  res.flushHeaders();
  res.write("retry: 2000\n\n");
  const heartbeat = setInterval(() => {
    if (isAdmitted()) res.write(": still here\n\n");
    else connection.close();
  }, heartbeatMs);
  try {
    for await (const event of events) {
      if (connection.signal.aborted) break;
      if (!res.write(`id: ${event.id}\nevent: ${event.type}\ndata: ${JSON.stringify({ at: event.at, ...event.data })}\n\n`)) await drained(res, connection.signal);
    }
  } catch (thrown) {
    if (!connection.signal.aborted) throw thrown;
  } finally {
    clearInterval(heartbeat);
    connection.close();
    res.end();
  }
}

/** A client that does not read holds its own stream, not our memory. */
async function drained(res: Response, signal: AbortSignal): Promise<void> {
  await once(res, "drain", { signal }).catch(() => undefined);
}
