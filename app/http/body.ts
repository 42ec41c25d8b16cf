// Reads a whole request body: bounded in bytes and in time, byte for byte as it was sent (signatures are over these bytes).
import type { Request } from "express";
import { AppError } from "../domain/index.ts";

/** A telephone system or a form has this long to send its body; a body that drips in holds a connection for nothing. */
const BODY_DEADLINE_MS = 15_000;

/**
 * @throws AppError TOO_LARGE (before anything beyond `maxBytes` is kept), UNSUPPORTED_TYPE for a compressed body,
 *   REQUEST_MALFORMED when it breaks off or takes longer than 15 s
 */
export async function readBody(req: Request, maxBytes: number, deadlineMs = BODY_DEADLINE_MS): Promise<Buffer> {
  const encoding = req.headers["content-encoding"];
  if (encoding !== undefined && encoding !== "identity") throw new AppError("UNSUPPORTED_TYPE", "The body is compressed; send it as it is");
  if (Number(req.headers["content-length"] ?? 0) > maxBytes) throw tooLarge(maxBytes);
  return new Promise<Buffer>((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const settle = (act: () => void): void => {
      clearTimeout(timer);
      req.off("data", onData).off("end", onEnd).off("error", onBroken).off("close", onBroken);
      act();
    };
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > maxBytes) settle(() => reject(tooLarge(maxBytes)));
      else chunks.push(chunk);
    };
    const onEnd = (): void => settle(() => resolve(Buffer.concat(chunks)));
    const onBroken = (): void => settle(() => reject(new AppError("REQUEST_MALFORMED", "The body broke off; send the request again")));
    const timer = setTimeout(() => settle(() => reject(new AppError("REQUEST_MALFORMED", `The body did not arrive within ${deadlineMs / 1000} s; send the request again`))), deadlineMs);
    req.on("data", onData).on("end", onEnd).on("error", onBroken).on("close", onBroken);
  });
}

/** The body as JSON. @throws AppError what `readBody` throws, and REQUEST_MALFORMED when it is no JSON in UTF-8 */
export async function readJsonBody(req: Request, maxBytes: number): Promise<unknown> {
  return parseJson(await readBody(req, maxBytes));
}

/** @throws AppError REQUEST_MALFORMED when it is no JSON in UTF-8 */
export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch (cause) {
    throw new AppError("REQUEST_MALFORMED", "The body is not JSON in UTF-8; send it with Content-Type application/json", { cause });
  }
}

function tooLarge(maxBytes: number): AppError {
  return new AppError("TOO_LARGE", `The body is larger than ${Math.floor(maxBytes / 1024)} KB; send less, or raise http.max_body_kb`, { details: { maxBytes } });
}
