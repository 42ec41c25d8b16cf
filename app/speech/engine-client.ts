// The loopback client of whisper-server, the only file of this room that touches the network. Traffic never leaves this machine, so it does not
// go through platform/net.ts, which guards the way out.
import { request } from "node:http";
import { createServer, type AddressInfo } from "node:net";
import { MAX_ANSWER_BYTES } from "./engine-output.ts";
import type { ServerAddress } from "./engine-requests.ts";

/** @returns a port that was free on loopback a moment ago; should another program be faster, the server ends and is started on another one */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => probe.once("error", reject).listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise<void>((resolve) => probe.close(() => resolve()));
  return port;
}

/** @returns true when the model is loaded. Never throws: refused, slow and wrong answers all mean "not yet". */
export async function isHealthy(address: ServerAddress, timeoutMs = 1000): Promise<boolean> {
  try {
    const answer = await exchange(address, "GET", "/health", undefined, AbortSignal.timeout(timeoutMs));
    return answer.status === 200 && answer.body.toString().includes('"ok"');
  } catch {
    return false;
  }
}

/**
 * One window to the server and its answer back. Aborting closes the connection, which makes the server give up the work.
 * @throws whatever the socket says (refused, reset, aborted)
 */
export function infer(address: ServerAddress, content: { contentType: string; body: Buffer }, signal: AbortSignal): Promise<{ status: number; body: Buffer }> {
  return exchange(address, "POST", "/inference", content, signal);
}

/** A connection of its own each time: opening one on loopback costs nothing, and a stale kept-alive one would look like a crash. No time limits: the watchdog is ours. */
function exchange(
  address: ServerAddress,
  method: "GET" | "POST",
  route: string,
  content: { contentType: string; body: Buffer } | undefined,
  signal: AbortSignal,
): Promise<{ status: number; body: Buffer }> {
  const headers = content === undefined ? {} : { "content-type": content.contentType, "content-length": content.body.length };
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: "127.0.0.1", port: address.port, path: `${address.requestPath}${route}`, method, headers, agent: false, signal });
    outgoing.once("error", reject);
    outgoing.once("response", (incoming) => {
      const chunks: Buffer[] = [];
      let sizeBytes = 0;
      incoming.once("error", reject);
      incoming.on("data", (chunk: Buffer) => {
        sizeBytes += chunk.length;
        if (sizeBytes > MAX_ANSWER_BYTES) incoming.destroy(new Error("The answer is absurdly large"));
        else chunks.push(chunk);
      });
      incoming.once("end", () => resolve({ status: incoming.statusCode ?? 0, body: Buffer.concat(chunks) }));
    });
    outgoing.end(content?.body);
  });
}
