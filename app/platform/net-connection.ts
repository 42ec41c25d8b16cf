// One request over one connection of its own, to addresses that were checked before. Node's own client: undici 7, the last for Node 20,
// ends the process when a server closes while the body is not read on (undici #5360, mended in 8).
import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import { isIP, type LookupFunction, type Socket } from "node:net";
import { AppError } from "../domain/index.ts";
import { parseNetwork } from "./net-addresses.ts";
import type { NetRequest } from "./net-types.ts";

const CONNECT_MS = 5_000;
const RECORDING_IDLE_MS = 15_000;

/**
 * Connects, sends, and waits for the headers. Proxies from the environment are not consulted; nothing is followed or decompressed.
 * @param addresses the connection can only go to one of these, whatever the name means by then
 * @param ca        PEM certificates to trust instead of the built-in authorities
 * @returns the answer; its body must be read or destroyed
 * @throws what the socket says (refused, reset, timed out, certificate); the signal's reason when aborted
 */
export function sendOnce(url: URL, addresses: readonly string[], request: NetRequest, ca: string | undefined, signal: AbortSignal): Promise<IncomingMessage> {
  const idleMs = request.idleTimeoutMs ?? (request.policy.kind === "recording" ? RECORDING_IDLE_MS : request.timeoutMs);
  return new Promise((resolve, reject) => {
    const outgoing = (url.protocol === "https:" ? https : http).request(url, {
      method: request.method ?? "GET",
      headers: { "accept-encoding": "identity", "user-agent": "earshot", ...bodyLength(request.body), ...request.headers },
      agent: false, // the connection is closed afterwards: none is ever used under another policy
      lookup: pinnedLookup(addresses),
      maxHeaderSize: 16 * 1024,
      signal,
      ...(ca === undefined ? {} : { ca }),
    });
    outgoing.once("socket", (socket) => guard(socket, url, addresses, request.connectTimeoutMs ?? CONNECT_MS));
    let sleeper: { destroy(error: Error): unknown } = outgoing;
    outgoing.setTimeout(idleMs, () => sleeper.destroy(timedOut("ETIMEDOUT", `nothing came for ${idleMs} ms`)));
    outgoing.once("error", reject);
    outgoing.once("response", (incoming) => {
      sleeper = incoming; // so that readers of the body see the reason
      incoming.on("error", () => undefined); // an abort that nobody reads is no crash; readers see it by themselves
      resolve(incoming);
    });
    outgoing.end(request.body);
  });
}

/** The name is not asked again: whatever it would mean now, only checked addresses are given. */
function pinnedLookup(addresses: readonly string[]): LookupFunction {
  const pinned = addresses.map((address) => ({ address, family: isIP(address) }));
  const first = pinned[0] ?? { address: "", family: 4 };
  return (_hostname, options, done) => (options.all === true ? done(null, pinned) : done(null, first.address, first.family));
}

/** Limits the time to connect (TLS included), and looks once more where the connection went. */
function guard(socket: Socket, url: URL, addresses: readonly string[], limitMs: number): void {
  const ready = url.protocol === "https:" ? "secureConnect" : "connect";
  const timer = setTimeout(() => socket.destroy(timedOut("ECONNECTTIMEOUT", `no connection within ${limitMs} ms`)), limitMs);
  socket.once("close", () => clearTimeout(timer));
  socket.once(ready, () => clearTimeout(timer));
  socket.once("connect", () => {
    const remote = socket.remoteAddress;
    if (remote === undefined || isPinned(remote, addresses)) return;
    socket.destroy(new AppError("FETCH_URL_REFUSED", `The host ${url.hostname} was reached at an address that was not checked`));
  });
}

function isPinned(remote: string, addresses: readonly string[]): boolean {
  const canonical = (text: string): string => parseNetwork(text)?.[0].toString() ?? text;
  return addresses.some((address) => canonical(address) === canonical(remote));
}

function bodyLength(body: string | Uint8Array | undefined): Record<string, string> {
  return body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
}

function timedOut(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
