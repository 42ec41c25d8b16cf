// What an answer to "give me the rest of this file" means (RFC 9110: Range, If-Range, Content-Range). Pure.

/** What lies here already of a file, and how the server named that version of it. */
export interface PartFacts {
  haveBytes: number;
  /** strong ETag or Last-Modified; absent when the server gave neither, and then nothing can be continued */
  validator?: string | undefined;
  totalBytes?: number | undefined;
}

/**
 * `write`: take the body from `fromBytes` on · `again`: what lies here does not fit, ask for all of it · `whole`: nothing is missing ·
 * `elsewhere`: a redirect · `busy`: try later · `refused`: asking again will not help.
 */
export type Verdict =
  | { kind: "write"; fromBytes: number; totalBytes?: number; validator?: string }
  | { kind: "again" }
  | { kind: "whole" }
  | { kind: "elsewhere"; address: string }
  | { kind: "busy" }
  | { kind: "refused" };

type Headers = Readonly<Record<string, string>>;

/** @param headers of the answer, lower-case names */
export function judgeAnswer(status: number, headers: Headers, part: PartFacts): Verdict {
  if ([301, 302, 303, 307, 308].includes(status)) return headers["location"] === undefined ? { kind: "refused" } : { kind: "elsewhere", address: headers["location"] };
  if (status === 200) return write(0, lengthOf(headers), validatorOf(headers));
  if (status === 206) return part.haveBytes === 0 ? { kind: "refused" } : judgePart(headers, part);
  if (status === 416 && part.haveBytes > 0) return totalOf(headers) === part.haveBytes ? { kind: "whole" } : { kind: "again" };
  return [408, 425, 429].includes(status) || status >= 500 ? { kind: "busy" } : { kind: "refused" };
}

/** @returns headers that ask for the rest, if and only if it is still the same file; none when nothing can be continued */
export function rangeHeaders(part: PartFacts): Record<string, string> {
  return part.haveBytes > 0 && part.validator !== undefined ? { range: `bytes=${part.haveBytes}-`, "if-range": part.validator } : {};
}

/** A server may ignore If-Range, begin elsewhere, or have changed the file meanwhile: the answer must prove that it fits. */
function judgePart(headers: Headers, part: PartFacts): Verdict {
  const range = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(headers["content-range"] ?? "");
  if (range === null) return { kind: "again" };
  const [from, to, total] = range.slice(1).map(Number) as [number, number, number];
  const validator = validatorOf(headers);
  const isSame = (validator === undefined || validator === part.validator) && (part.totalBytes === undefined || part.totalBytes === total);
  return isSame && from === part.haveBytes && to >= from && to < total ? write(from, total, part.validator) : { kind: "again" };
}

/** Weak tags (`W/`) do not promise the same bytes. */
function validatorOf(headers: Headers): string | undefined {
  const tag = headers["etag"];
  return tag !== undefined && /^"[^"]*"$/.test(tag) ? tag : headers["last-modified"];
}

function lengthOf(headers: Headers): number | undefined {
  return /^\d{1,15}$/.test(headers["content-length"] ?? "") && headers["content-encoding"] === undefined ? Number(headers["content-length"]) : undefined;
}

function totalOf(headers: Headers): number | undefined {
  const total = /^bytes \*\/(\d{1,15})$/.exec(headers["content-range"] ?? "")?.[1];
  return total === undefined ? undefined : Number(total);
}

function write(fromBytes: number, totalBytes: number | undefined, validator: string | undefined): Verdict {
  return { kind: "write", fromBytes, ...(totalBytes === undefined ? {} : { totalBytes }), ...(validator === undefined ? {} : { validator }) };
}
