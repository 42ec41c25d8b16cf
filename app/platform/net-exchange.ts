// The limits of one outbound exchange in one signal, and what its errors are called.
import { AppError, type ErrorCode } from "../domain/index.ts";
import type { Clock } from "./clock.ts";
import type { NetRequest } from "./net-types.ts";

/** One request from the look-up to the last byte. */
export interface Exchange {
  /** aborted by the caller, by the total time, or by `stop` */
  signal: AbortSignal;
  /** the work, or the signal's reason as soon as it is aborted */
  race<T>(work: Promise<T>): Promise<T>;
  stop(reason: AppError): void;
  /** lets go of timer and listeners */
  end(): void;
  /** what the caller gets for anything that was thrown; `code` says how far the exchange had come */
  explain(error: unknown, code: ErrorCode, hostname: string): unknown;
}

/** The whole exchange's limits in one signal: the caller's abort and the total time. */
export function startExchange(request: NetRequest, clock: Clock, open: Set<Exchange>): Exchange {
  const stop = new AbortController();
  const over = new AbortController();
  let timedOut = false;
  const onAbort = (): void => stop.abort(request.signal?.reason);
  if (request.signal?.aborted === true) onAbort();
  else request.signal?.addEventListener("abort", onAbort, { once: true });
  clock.sleep(request.timeoutMs, over.signal).then(
    () => {
      timedOut = true;
      stop.abort(new Error("Time is up"));
    },
    () => undefined, // ended in time
  );
  const exchange: Exchange = {
    signal: stop.signal,
    race: (work) =>
      new Promise((resolve, reject) => {
        const onStop = (): void => reject(stop.signal.reason as Error);
        if (stop.signal.aborted) onStop();
        else stop.signal.addEventListener("abort", onStop, { once: true });
        work.then(resolve, reject).finally(() => stop.signal.removeEventListener("abort", onStop));
      }),
    stop(reason) {
      stop.abort(reason);
      exchange.end();
    },
    end() {
      open.delete(exchange);
      over.abort();
      request.signal?.removeEventListener("abort", onAbort);
    },
    explain(error, code, hostname) {
      if (request.signal?.aborted === true && !timedOut) return request.signal.reason as unknown;
      if (stop.signal.reason instanceof AppError) return stop.signal.reason;
      if (error instanceof AppError) return error;
      if (timedOut) return new AppError(code, `${hostname} did not finish within ${request.timeoutMs / 1000} s; try again later`, { cause: error });
      return new AppError(code, `${code === "FETCH_INCOMPLETE" ? `The answer of ${hostname} broke off` : `${hostname} gave no answer`} (${reasonOf(error)}); ${adviceFor(error)}`, {
        details: { reason: reasonOf(error) },
        cause: error,
      });
    },
  };
  open.add(exchange);
  return exchange;
}

/** The stable name of a network error, e.g. ECONNREFUSED, CERT_HAS_EXPIRED, ETIMEDOUT. */
function reasonOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code === "string") return code;
  const inner = (error as { errors?: { code?: unknown }[] } | null)?.errors?.[0]?.code; // all addresses were tried
  return typeof inner === "string" ? inner : "network error";
}

function adviceFor(error: unknown): string {
  return /CERT|SSL|TLS|ALTNAME/.test(reasonOf(error)) ? "check its certificate; for an authority of your own set NODE_EXTRA_CA_CERTS" : "check that it is running and reachable from this machine";
}
