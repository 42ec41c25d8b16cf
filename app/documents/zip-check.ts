// Looks into a zip before anything unpacks it: what it holds, what it claims, and what it really becomes.
import { inflateRawSync } from "node:zlib";

/** Why an archive is not unpacked. */
export type ZipVerdict = { ok: true; names: string[] } | { ok: false; why: "too_large" | "locked" | "damaged" };

interface Entry {
  name: string;
  isLocked: boolean;
  method: number;
  packed: number;
  unpacked: number;
  headerAt: number;
}

const END_OF_DIRECTORY = 0x06054b50;
const ENTRY = 0x02014b50;
const LOCAL_HEADER = 0x04034b50;
const MOST_ENTRIES = 5_000;
/** Small parts compress well and harm nobody: the ratio counts from here on. */
const HARMLESS_BYTES = 1_048_576;
/** Whatever the ratio allows, more is not unpacked: a DOCX of a thousand pages of text has about 20 MB of XML. */
const MOST_BYTES = 200 * 1_048_576;

/**
 * @param maxRatio unpacked ÷ packed, of each part and of all together
 * @returns the names of the parts when all of them are what they claim; sizes are counted by unpacking, never believed
 */
export function checkZip(bytes: Buffer, maxRatio: number): ZipVerdict {
  const entries = entriesOf(bytes);
  if (entries === undefined) return { ok: false, why: "damaged" };
  if (entries.some((entry) => entry.isLocked)) return { ok: false, why: "locked" };
  const most = Math.min(MOST_BYTES, Math.max(HARMLESS_BYTES, bytes.length * maxRatio));
  if (entries.length > MOST_ENTRIES || entries.reduce((sum, entry) => sum + entry.unpacked, 0) > most) return { ok: false, why: "too_large" };
  let total = 0;
  for (const entry of entries) {
    const limit = Math.min(most - total, Math.max(HARMLESS_BYTES, entry.packed * maxRatio));
    if (entry.unpacked > limit) return { ok: false, why: "too_large" };
    const size = realSize(bytes, entry);
    if (size === undefined) return { ok: false, why: "damaged" };
    total += size;
  }
  return { ok: true, names: entries.map((entry) => entry.name) };
}

/** @returns undefined when the part cannot be unpacked into the size that it claims */
function realSize(bytes: Buffer, { headerAt, method, packed, unpacked }: Entry): number | undefined {
  if (headerAt + 30 > bytes.length || bytes.readUInt32LE(headerAt) !== LOCAL_HEADER) return undefined;
  const from = headerAt + 30 + bytes.readUInt16LE(headerAt + 26) + bytes.readUInt16LE(headerAt + 28);
  if (from + packed > bytes.length) return undefined;
  if (method === 0) return packed === unpacked ? unpacked : undefined;
  if (method !== 8) return undefined;
  try {
    return inflateRawSync(bytes.subarray(from, from + packed), { maxOutputLength: Math.max(1, unpacked) }).length === unpacked ? unpacked : undefined;
  } catch {
    return undefined;
  }
}

/** The directory at the end of the file; undefined when there is none, or it does not fit the file (zip64 counts as that: no DOCX needs it). */
function entriesOf(bytes: Buffer): Entry[] | undefined {
  const end = bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  if (end < 0 || end + 22 > bytes.length || bytes.readUInt32LE(end) !== END_OF_DIRECTORY) return undefined;
  const count = bytes.readUInt16LE(end + 10);
  const entries: Entry[] = [];
  let at = bytes.readUInt32LE(end + 16);
  for (let i = 0; i < count; i++) {
    if (at + 46 > end || bytes.readUInt32LE(at) !== ENTRY) return undefined;
    const nameLength = bytes.readUInt16LE(at + 28);
    entries.push({
      name: bytes.toString("utf8", at + 46, Math.min(end, at + 46 + nameLength)),
      isLocked: (bytes.readUInt16LE(at + 8) & 1) === 1,
      method: bytes.readUInt16LE(at + 10),
      packed: bytes.readUInt32LE(at + 20),
      unpacked: bytes.readUInt32LE(at + 24),
      headerAt: bytes.readUInt32LE(at + 42),
    });
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return entries;
}
