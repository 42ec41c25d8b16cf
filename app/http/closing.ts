// Long answers stop when nobody waits for them any more.
import type { Response } from "express";

/** Aborts when nobody waits for the answer any more. */
export function closing(res: Response): AbortSignal {
  const gone = new AbortController();
  res.once("close", () => gone.abort());
  return gone.signal;
}
