// The one guarded outbound client. Every request that leaves this process leaves here: addresses are checked, then pinned; nothing is followed.
import { lookup as systemLookup } from "node:dns/promises";
import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import { AppError } from "../domain/index.ts";
import type { Clock } from "./clock.ts";
import type { Log } from "./log.ts";
import { isAddressAllowed, isOwnNetwork, parseAllowedHosts, type AllowedHosts } from "./net-addresses.ts";
import { sendOnce } from "./net-connection.ts";
import { startExchange, type Exchange } from "./net-exchange.ts";
import type { Net, NetPolicy, NetRequest, NetResponse } from "./net-types.ts";

export { isAddress, isInNetworks, isOwnNetwork, parseNetwork } from "./net-addresses.ts";
export type { Net, NetPolicy, NetRequest, NetResponse } from "./net-types.ts";

/** Resolves a host name to its addresses in text form. */
export type Resolve = (hostname: string) => Promise<readonly string[]>;

const systemResolve: Resolve = async (hostname) => (await systemLookup(hostname, { all: true, verbatim: true })).map((entry) => entry.address);

/**
 * @param resolve replaces the name look-up of the machine (tests)
 * @param ca      PEM certificates to trust instead of the built-in authorities
 */
export function createNet({ log, clock, resolve = systemResolve, ca }: { log: Log; clock: Clock; resolve?: Resolve; ca?: string }): Net {
  const open = new Set<Exchange>();
  return {
    async request(request) {
      const url = checkUrl(request.url, request.policy);
      const exchange = startExchange(request, clock, open);
      try {
        const addresses = await exchange.race(resolveAllowed(url, request.policy, resolve));
        const incoming = await exchange.race(sendOnce(url, addresses, request, ca, exchange.signal));
        log.debug({ event: "net.answered", policy: request.policy.kind, status: incoming.statusCode });
        return wrapResponse(incoming, request, exchange);
      } catch (error) {
        exchange.end();
        throw exchange.explain(error, "FETCH_UNREACHABLE", url.hostname);
      }
    },
    async close() {
      for (const exchange of open) exchange.stop(new AppError("SHUTTING_DOWN", "Earshot is stopping"));
    },
  };
}

/**
 * Where a server of another protocol lives, for clients that open the connection themselves: they must connect to this address, not to the name.
 * @throws AppError FETCH_UNREACHABLE, FETCH_URL_REFUSED (one of its addresses is outside of the own network, and that is not allowed)
 */
export async function pinAddress(hostname: string, policy: { ownNetworkOnly: boolean }, resolve: Resolve = systemResolve): Promise<string> {
  const addresses = isIP(hostname) === 0 ? await lookUp(hostname, resolve) : [hostname];
  if (policy.ownNetworkOnly) refuseForeign(hostname, addresses);
  return addresses[0] ?? hostname;
}

/** The address must be plain: scheme, host, no user or password. @throws AppError FETCH_URL_REFUSED */
function checkUrl(text: string, policy: NetPolicy): URL {
  const url = URL.canParse(text) && text.length <= 8192 ? new URL(text) : undefined;
  if (url === undefined) throw refused("The address is not a URL; expected https://host/path");
  if (url.protocol !== "https:" && url.protocol !== "http:") throw refused(`Addresses with ${url.protocol} are not fetched; expected https://host/path`);
  if (policy.kind === "administered") return url;
  if (url.protocol === "http:" && !policy.allowHttp) throw refused("Plain http is switched off; use https or set intake.allow_http");
  if (url.username !== "" || url.password !== "") throw refused("The address carries a user name or password; remove it");
  if (url.hostname.endsWith(".")) url.hostname = url.hostname.slice(0, -1); // `host.` is the same host
  return url;
}

/** Every address of the host, each one allowed, or an error: one bad address among good ones spoils all, for the name is then not honest. */
async function resolveAllowed(url: URL, policy: NetPolicy, resolve: Resolve): Promise<readonly string[]> {
  const hostname = url.hostname.replace(/^\[|\]$/g, "");
  const allowed = policy.kind === "recording" ? parseAllowedHosts(policy.hosts) : undefined;
  // A name that no entry can allow is not even looked up: the question itself would tell a stranger's name server that we are here.
  if (allowed !== undefined && !couldBeAllowed(hostname, allowed)) throw notListed(hostname);
  const addresses = isIP(hostname) === 0 ? await lookUp(hostname, resolve) : [hostname];
  if (allowed !== undefined) {
    const bad = addresses.find((address) => !isAddressAllowed(hostname, address, allowed));
    if (bad !== undefined) throw notListed(hostname, isIP(hostname) === 0 ? bad : undefined);
  }
  if (policy.kind === "administered" && policy.ownNetworkOnly === true) refuseForeign(hostname, addresses);
  return addresses;
}

function refuseForeign(hostname: string, addresses: readonly string[]): void {
  const bad = addresses.find((address) => !isOwnNetwork(address));
  if (bad !== undefined) throw refused(`${hostname} (${bad}) is not in your own network, and nothing may leave it`);
}

function couldBeAllowed(hostname: string, allowed: AllowedHosts): boolean {
  if (isIP(hostname) !== 0) return isAddressAllowed(hostname, hostname, allowed);
  return allowed.networks.length > 0 || allowed.names.has(hostname) || allowed.suffixes.some((suffix) => hostname.endsWith(suffix));
}

async function lookUp(hostname: string, resolve: Resolve): Promise<readonly string[]> {
  let addresses: readonly string[];
  try {
    addresses = (await resolve(hostname)).filter((address) => isIP(address) !== 0);
  } catch (cause) {
    throw new AppError("FETCH_UNREACHABLE", `The host ${hostname} is not known to the name server; check its spelling and the DNS settings of this machine`, { cause });
  }
  if (addresses.length === 0) throw new AppError("FETCH_UNREACHABLE", `The host ${hostname} has no address; check the DNS settings of this machine`);
  return addresses;
}

function wrapResponse(incoming: IncomingMessage, request: NetRequest, exchange: Exchange): NetResponse {
  const hostname = new URL(request.url).hostname;
  const maxBytes = request.maxResponseBytes ?? 1024 * 1024;
  const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : (value ?? "")]));
  const close = (): void => {
    exchange.end();
    incoming.destroy();
  };
  const tooLarge = (): AppError =>
    new AppError("FETCH_TOO_LARGE", `The answer of ${hostname} is larger than ${maxBytes} bytes`, { details: { maxBytes, declaredBytes: Number(headers["content-length"]) || null } });

  async function* read(): AsyncGenerator<Uint8Array> {
    let sizeBytes = 0;
    try {
      if (request.method !== "HEAD" && Number(headers["content-length"] ?? 0) > maxBytes) throw tooLarge();
      for await (const piece of incoming) {
        const chunk = piece as Uint8Array;
        sizeBytes += chunk.byteLength;
        if (sizeBytes > maxBytes) throw tooLarge();
        yield chunk;
      }
    } catch (error) {
      throw exchange.explain(error, "FETCH_INCOMPLETE", hostname);
    } finally {
      close();
    }
  }
  const body = read();
  return {
    status: incoming.statusCode ?? 0,
    headers,
    body,
    async text() {
      const chunks: Uint8Array[] = [];
      for await (const chunk of body) chunks.push(chunk);
      return Buffer.concat(chunks).toString("utf8");
    },
    async discard() {
      await body.return(undefined);
      close(); // a generator that never began has no finally to run
    },
  };
}

function refused(message: string): AppError {
  return new AppError("FETCH_URL_REFUSED", message);
}

function notListed(hostname: string, address?: string): AppError {
  const where = address === undefined ? hostname : `${hostname} (${address})`;
  return refused(`Recordings may not be fetched from ${where}; when it is yours, add ${address ?? hostname} to intake.recording_hosts`);
}
