// Which network addresses a recording may be fetched from. Pure: names and addresses in, a verdict out; nothing is resolved or opened here.
import ipaddr from "ipaddr.js";

/**
 * `public` the ordinary Internet · `private` RFC 1918, the customer's own network · `special` everything that must never be reached because a
 * stranger named it: loopback, link-local with the cloud metadata services, carrier NAT, unique local, multicast, documentation, tunnels.
 */
export type AddressClass = "public" | "private" | "special";

/** What the administrator allows: names that may be fetched from, and networks whose members may. */
export interface AllowedHosts {
  names: ReadonlySet<string>;
  /** `.example.com` for `*.example.com` */
  suffixes: readonly string[];
  networks: readonly [ipaddr.IPv4 | ipaddr.IPv6, number][];
}

const PRIVATE_V4 = networks("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16");

// IANA special-purpose registry, and 168.63.129.16: the metadata service of one cloud on an otherwise public address.
const SPECIAL_V4 = networks(
  ...["0.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15"],
  ...["198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32"],
);

const GLOBAL_V6 = ipaddr.parseCIDR("2000::/3");
// Inside 2000::/3, yet not the Internet: Teredo and the protocol block, documentation, and the old 6bone.
const SPECIAL_V6 = networks("2001::/23", "2001:db8::/32", "3fff::/20", "3ffe::/16");
const NAT64 = ipaddr.parseCIDR("64:ff9b::/96");
const SIX_TO_FOUR = ipaddr.parseCIDR("2002::/16");

/** @returns the class of an address in text form; what cannot be read as an address counts as `special` */
export function classifyAddress(text: string): AddressClass {
  const address = parseAddress(text);
  if (address === undefined) return "special";
  if (address instanceof ipaddr.IPv4) {
    if (isInside(address, SPECIAL_V4)) return "special";
    return isInside(address, PRIVATE_V4) ? "private" : "public";
  }
  const carried = carriedIpv4(address);
  if (carried !== undefined) return classifyAddress(carried) === "public" ? "public" : "special"; // a tunnel into the own network is no honest address
  return address.match(GLOBAL_V6) && !isInside(address, SPECIAL_V6) ? "public" : "special";
}

/** Loopback, private networks, IPv6 unique local, and the shared space (100.64/10) that overlay networks use: addresses that no packet leaves the house for. */
const OWN_NETWORK = networks("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "::1/128", "fc00::/7");

/** True for an address of the site's own: never public, never link-local (where clouds keep their metadata). */
export function isOwnNetwork(text: string): boolean {
  const address = parseAddress(text);
  return address !== undefined && isInside(address, OWN_NETWORK);
}

/** True for an IPv4 or IPv6 address in text form, false for a name. */
export function isAddress(text: string): boolean {
  return parseAddress(text) !== undefined;
}

/**
 * Reads `intake.recording_hosts`: `pbx.example.com`, `*.example.com`, `10.0.0.5`, `10.0.0.0/8`, `[fd00::]/8`.
 * Anything else is taken as a name, which then matches nothing dangerous.
 */
export function parseAllowedHosts(entries: readonly string[]): AllowedHosts {
  const names = new Set<string>();
  const suffixes: string[] = [];
  const allowed: [ipaddr.IPv4 | ipaddr.IPv6, number][] = [];
  for (const entry of entries) {
    const text = entry.trim().toLowerCase().replace(/[[\]]/g, "").replace(/\.$/, "");
    const network = parseNetwork(text);
    if (network !== undefined) allowed.push(network);
    else if (/^\*\.[^*]+$/.test(text)) suffixes.push(text.slice(1));
    else if (text !== "") names.add(text);
  }
  return { names, suffixes, networks: allowed };
}

/** True when the name itself is listed, exactly or under `*.`; an address is never a name. */
export function isNameAllowed(hostname: string, allowed: AllowedHosts): boolean {
  if (parseAddress(hostname) !== undefined) return false;
  return allowed.names.has(hostname) || allowed.suffixes.some((suffix) => hostname.endsWith(suffix) && hostname.length > suffix.length);
}

/**
 * May this one resolved address of this host be connected to? A listed network always decides for it. Otherwise the name must be listed and
 * the address public or private; a special address needs its network listed, because whoever runs the name server of a listed name could point it there.
 * `localhost`, listed by that exact name, is the one name that may mean loopback.
 */
export function isAddressAllowed(hostname: string, address: string, allowed: AllowedHosts): boolean {
  if (isInNetworks(address, allowed.networks)) return true;
  if (!isNameAllowed(hostname, allowed)) return false;
  if (hostname === "localhost") return allowed.names.has("localhost") && isLoopback(address);
  return classifyAddress(address) !== "special";
}

/** True when `address` lies in one of the networks; IPv4 written as IPv6 (`::ffff:10.0.0.1`) is compared as IPv4. */
export function isInNetworks(address: string, list: readonly [ipaddr.IPv4 | ipaddr.IPv6, number][]): boolean {
  const parsed = parseAddress(address);
  return parsed !== undefined && isInside(parsed, list);
}

/** `10.0.0.0/8` or a single address → network and prefix length; undefined when it is neither. */
export function parseNetwork(text: string): [ipaddr.IPv4 | ipaddr.IPv6, number] | undefined {
  try {
    if (text.includes("/")) return ipaddr.parseCIDR(text);
    const address = parseAddress(text);
    return address && [address, address instanceof ipaddr.IPv4 ? 32 : 128];
  } catch {
    return undefined;
  }
}

function parseAddress(text: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  const plain = text.replace(/^\[|\]$/g, "").replace(/%.*$/, "");
  // Four decimal parts only: the URL parser has already turned 0x7f.1 and 017700000001 into them, and a lookup never returns other forms.
  if (ipaddr.IPv4.isValidFourPartDecimal(plain)) return ipaddr.IPv4.parse(plain);
  if (!ipaddr.IPv6.isValid(plain)) return undefined;
  const parsed = ipaddr.IPv6.parse(plain);
  return parsed.isIPv4MappedAddress() ? parsed.toIPv4Address() : parsed;
}

/** The IPv4 address inside NAT64 and 6to4 addresses. */
function carriedIpv4(address: ipaddr.IPv6): string | undefined {
  const bytes = address.toByteArray();
  if (address.match(NAT64)) return bytes.slice(12).join(".");
  if (address.match(SIX_TO_FOUR)) return bytes.slice(2, 6).join(".");
  return undefined;
}

function isLoopback(text: string): boolean {
  return parseAddress(text)?.range() === "loopback";
}

function isInside(address: ipaddr.IPv4 | ipaddr.IPv6, list: readonly [ipaddr.IPv4 | ipaddr.IPv6, number][]): boolean {
  return list.some(([network, bits]) => {
    if (address instanceof ipaddr.IPv4) return network instanceof ipaddr.IPv4 && address.match(network, bits);
    return network instanceof ipaddr.IPv6 && address.match(network, bits);
  });
}

function networks(...list: string[]): [ipaddr.IPv4 | ipaddr.IPv6, number][] {
  return list.map((text) => ipaddr.parseCIDR(text));
}
