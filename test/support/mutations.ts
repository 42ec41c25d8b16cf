// Makes honest payloads dishonest, always in the same way for the same seed: what a broken or hostile sender could post instead.

/** Random numbers that a seed repeats (mulberry32). */
export type Chance = () => number;

export function chanceOf(seed: number): Chance {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const pick = <T>(items: readonly T[], chance: Chance): T => items[Math.floor(chance() * items.length)] as T;

/** What nobody expects in the place of a value. Texts with a NUL, half characters, numbers that are none, deep nests, names that every object has. */
const STRANGE: readonly (() => unknown)[] = [
  () => null, () => true, () => 0, () => -1, () => 1e308, () => -1e308, () => Number.MAX_SAFE_INTEGER + 2, () => 0.1, () => "", () => " ", () => [], () => ({}), () => [[]], () => [null], () => "0", () => "NaN", () => "null",
  () => "\u0000", () => "a\u0000b\u001b[2J\u0085", () => "\ud800", () => "x\udc00y", () => "\u202e\u2066txt", () => "x".repeat(100_000), () => "🙁".repeat(30_000), () => "9".repeat(400), () => "-".repeat(300),
  () => "1793711702", () => "99999999999999999999", () => "2026-13-45T99:99:99Z", () => "javascript:alert(1)", () => "http://[::1", () => "https://user:pass@127.0.0.1:1/", () => "file:///etc/passwd", () => "../../../etc/passwd", () => "%00%ff%zz", () => "${jndi:ldap://x}", () => "'; DROP TABLE messages; --", () => "<script>",
  () => ({ __proto__: null, toString: 1 }), () => JSON.parse('{"__proto__":{"isAdmin":true}}') as unknown, () => ({ constructor: { prototype: { polluted: 1 } } }), () => nested(200), () => Array.from({ length: 500 }, (_, i) => i), () => ({ length: 3, 0: "a" }), () => "anonymous", () => "[EntityId]", () => "US.", () => "wamid.", () => "sha256=" + "0".repeat(64),
];
const STRANGE_NAMES = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "", " ", "\u0000", "id", "type", "0", "x".repeat(5000)];

function nested(depth: number): unknown {
  let value: unknown = "deep";
  for (let i = 0; i < depth; i++) value = i % 2 === 0 ? [value] : { value };
  return value;
}

/** @returns a copy in which one to three things are wrong: dropped, renamed, retyped, doubled, exchanged, put elsewhere */
export function mutateJson(value: unknown, chance: Chance): unknown {
  const copy: { root: unknown } = { root: structuredClone(value) };
  for (let times = 1 + Math.floor(chance() * 3); times > 0; times--) mutateOnce(copy, chance);
  return copy.root;
}

function mutateOnce(tree: { root: unknown }, chance: Chance): void {
  const places = placesIn(tree);
  const { holder, key } = pick(places, chance);
  const value = holder[key];
  const set = (name: string | number, to: unknown): void => {
    if (Array.isArray(holder) && !/^\d+$/.test(String(name))) holder.push(to); // lists have no other names
    else Object.defineProperty(holder, name, { value: to, enumerable: true, configurable: true, writable: true }); // __proto__ as a name, not as what it does
  };
  const act = pick(["drop", "retype", "retype", "retype", "rename", "swap", "wrap", "double", "add", "text", "number"] as const, chance);
  if (act === "drop" && Array.isArray(holder)) holder.splice(Number(key), 1);
  else if (act === "drop") delete holder[key];
  else if (act === "retype") set(key, pick(STRANGE, chance)());
  else if (act === "rename") {
    delete holder[key];
    set(pick(STRANGE_NAMES, chance), value);
  } else if (act === "swap") {
    const other = pick(places, chance);
    set(key, structuredClone(other.holder[other.key]));
  } else if (act === "wrap") set(key, chance() < 0.5 ? [value] : { [String(key)]: value });
  else if (act === "double") set(key, Array.isArray(value) ? [...(value as unknown[]), ...(value as unknown[])] : typeof value === "string" ? value.repeat(2) : [value, value]);
  else if (act === "add") set(pick(STRANGE_NAMES, chance), pick(STRANGE, chance)());
  else if (act === "text") set(key, JSON.stringify(value));
  else set(key, typeof value === "string" ? Number(value) : String(value === null ? "" : typeof value));
}

type Holder = Record<string | number, unknown>;

function placesIn(tree: { root: unknown }): { holder: Holder; key: string | number }[] {
  const places: { holder: Holder; key: string | number }[] = [{ holder: tree, key: "root" }];
  const visit = (value: unknown, depth: number): void => {
    if (typeof value !== "object" || value === null || depth > 12 || places.length > 2000) return;
    for (const key of Object.keys(value)) {
      places.push({ holder: value as Holder, key });
      visit((value as Holder)[key], depth + 1);
    }
  };
  visit(tree.root, 0);
  return places;
}

/** @returns bytes that were cut off, garbled, or written in another encoding; mostly they stay as they are */
export function mutateBytes(body: Buffer, chance: Chance): Buffer {
  const at = Math.floor(chance() * (body.length + 1));
  const kind = pick(["same", "same", "same", "same", "same", "same", "cut", "garble", "insert", "utf16", "latin1", "bom", "empty", "twice", "brackets"] as const, chance);
  if (kind === "cut") return body.subarray(0, at);
  if (kind === "garble") {
    const copy = Buffer.from(body);
    for (let i = 0; i < 3 && copy.length > 0; i++) copy[Math.floor(chance() * copy.length)] = Math.floor(chance() * 256);
    return copy;
  }
  if (kind === "insert") return Buffer.concat([body.subarray(0, at), Buffer.from(pick([[0], [0xff, 0xfe], [0xed, 0xa0, 0x80], [0xc0, 0xaf], [0x22], [0x7d], [0x26, 0x3d]], chance)), body.subarray(at)]);
  if (kind === "utf16") return Buffer.from(body.toString("utf8"), "utf16le");
  if (kind === "latin1") return Buffer.from(body.toString("utf8"), "latin1");
  if (kind === "bom") return Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), body]);
  if (kind === "empty") return Buffer.alloc(0);
  if (kind === "twice") return Buffer.concat([body, body]);
  if (kind === "brackets") return Buffer.from("[".repeat(20_000));
  return body;
}
