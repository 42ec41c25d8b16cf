// The little of the tar format (POSIX ustar) that carries models to sites without internet: plain files only, nothing that could escape.
import { createReadStream } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { AppError } from "../domain/index.ts";

const BLOCK = 512;

export interface TarMember {
  name: string;
  sizeBytes: number;
  /** where its bytes begin in the archive */
  offset: number;
}

/** What goes into an archive. `content` must yield exactly `sizeBytes`. */
export interface TarSource {
  /** letters, digits, `._-` and `/`, at most 100 characters */
  name: string;
  sizeBytes: number;
  content: () => AsyncIterable<Uint8Array>;
}

/** The bytes of an archive with these members, in this order; `tar -tf` lists it. */
export async function* tarStream(members: readonly TarSource[]): AsyncGenerator<Uint8Array> {
  for (const member of members) {
    yield headerOf(member);
    let written = 0;
    for await (const chunk of member.content()) {
      written += chunk.byteLength;
      yield chunk;
    }
    if (written !== member.sizeBytes) throw new Error(`${member.name} changed its size while it was packed`);
    yield Buffer.alloc(padding(written));
  }
  yield Buffer.alloc(2 * BLOCK);
}

/**
 * Looks through an archive without unpacking it.
 * @throws AppError MODEL_INVALID for anything that is not a whole archive of plainly named plain files
 */
export async function listTar(path: string): Promise<TarMember[]> {
  const handle = await open(path, "r");
  try {
    const { size } = await handle.stat();
    const members: TarMember[] = [];
    for (let offset = 0; ; ) {
      const header = await readBlock(handle, offset);
      if (header === undefined) throw invalid(path, "it ends too early");
      if (header.every((byte) => byte === 0)) return members;
      const member = parseHeader(header, offset + BLOCK, path);
      if (member.offset + member.sizeBytes > size) throw invalid(path, "it ends too early");
      members.push(member);
      if (members.length > 1000) throw invalid(path, "it has too many members");
      offset = member.offset + member.sizeBytes + padding(member.sizeBytes);
    }
  } finally {
    await handle.close();
  }
}

/** The bytes of one member. */
export async function* tarContent(path: string, member: TarMember): AsyncGenerator<Uint8Array> {
  if (member.sizeBytes === 0) return;
  for await (const chunk of createReadStream(path, { start: member.offset, end: member.offset + member.sizeBytes - 1 })) yield chunk as Buffer;
}

function headerOf(member: TarSource): Buffer {
  if (!isPlainName(member.name)) throw new Error(`${member.name} cannot be the name of a member`);
  const header = Buffer.alloc(BLOCK);
  header.write(member.name, 0, 100, "latin1");
  header.write("0000644\0", 100);
  header.write("0000000\0", 108);
  header.write("0000000\0", 116);
  writeSize(header, member.sizeBytes);
  header.write("00000000000\0", 136); // no time: the same models make the same archive
  header.write("0", 156);
  header.write("ustar\u000000", 257);
  header.write(`${checksum(header).toString(8).padStart(6, "0")}\0 `, 148);
  return header;
}

/** Octal up to 8 GiB; beyond, the binary form that GNU and BSD tar read too. */
function writeSize(header: Buffer, sizeBytes: number): void {
  if (sizeBytes < 8 ** 11) {
    header.write(`${sizeBytes.toString(8).padStart(11, "0")}\0`, 124);
    return;
  }
  header[124] = 0x80;
  header.writeBigUInt64BE(BigInt(sizeBytes), 128);
}

function parseHeader(header: Buffer, offset: number, path: string): TarMember {
  const stated = Number.parseInt(text(header, 148, 8), 8);
  if (stated !== checksum(header)) throw invalid(path, "it is no tar archive or is damaged");
  const name = text(header, 0, 100);
  const type = text(header, 156, 1);
  const sizeBytes = header[124] === 0x80 ? Number(header.readBigUInt64BE(128)) : Number.parseInt(text(header, 124, 12), 8);
  if (type !== "0" && type !== "") throw invalid(path, "it holds something other than plain files");
  if (!isPlainName(name) || text(header, 345, 155) !== "") throw invalid(path, "it holds a file with a strange name");
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0) throw invalid(path, "it states an impossible size");
  return { name, sizeBytes, offset };
}

function checksum(header: Buffer): number {
  let sum = 0;
  for (let i = 0; i < BLOCK; i += 1) sum += i >= 148 && i < 156 ? 32 : (header[i] ?? 0);
  return sum;
}

function isPlainName(name: string): boolean {
  return name.length <= 100 && /^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/.test(name);
}

function text(header: Buffer, start: number, length: number): string {
  return header.toString("latin1", start, start + length).split("\0")[0]?.trim() ?? "";
}

function padding(sizeBytes: number): number {
  return (BLOCK - (sizeBytes % BLOCK)) % BLOCK;
}

async function readBlock(handle: FileHandle, offset: number): Promise<Buffer | undefined> {
  const buffer = Buffer.alloc(BLOCK);
  const { bytesRead } = await handle.read(buffer, 0, BLOCK, offset);
  return bytesRead === BLOCK ? buffer : undefined;
}

function invalid(path: string, why: string): AppError {
  return new AppError("MODEL_INVALID", `${path} cannot be installed: ${why}; make it again with: earshot models bundle <file>`);
}
