// The shapes of the guarded outbound client: what is asked, under which policy, and what comes back.

/**
 * Who wrote the address. `recording`: a stranger (a webhook), so the host must be on the administrator's list and every address is checked.
 * `administered`: the administrator (`crm.url`), so private and loopback addresses are fine; with `ownNetworkOnly` only those are.
 */
export type NetPolicy = { kind: "recording"; allowHttp: boolean; hosts: readonly string[] } | { kind: "administered"; ownNetworkOnly?: boolean };

export interface NetRequest {
  url: string;
  /** default GET */
  method?: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";
  headers?: Readonly<Record<string, string>>;
  body?: string | Uint8Array;
  policy: NetPolicy;
  /** limit of the whole exchange, from the name look-up to the last byte of the body */
  timeoutMs: number;
  /** limit for silence, before the headers and between two pieces of the body; default 15 s for recordings, else `timeoutMs` */
  idleTimeoutMs?: number;
  /** limit for the connection with its TLS handshake; default 5 s */
  connectTimeoutMs?: number;
  /** the first byte beyond it ends the request with FETCH_TOO_LARGE; default 1 MiB */
  maxResponseBytes?: number;
  signal?: AbortSignal;
}

/** An answer, whatever its status: 3xx too, for nothing is followed. The body must be read, broken off (`break`) or discarded. */
export interface NetResponse {
  status: number;
  /** lower-case names; repeated headers joined by ", " */
  headers: Readonly<Record<string, string>>;
  /** bytes as they came: never decompressed. Throws AppError FETCH_TOO_LARGE, FETCH_INCOMPLETE, or the reason of the signal */
  body: AsyncIterable<Uint8Array>;
  /** the whole body as UTF-8 text */
  text(): Promise<string>;
  /** closes the connection without reading on */
  discard(): Promise<void>;
}

export interface Net {
  /**
   * Sends one request over a connection of its own.
   * @throws AppError FETCH_URL_REFUSED (nothing was connected to), FETCH_UNREACHABLE (no answer), FETCH_TOO_LARGE; the signal's reason when aborted
   */
  request(request: NetRequest): Promise<NetResponse>;
  /** Ends every exchange that is still open, e.g. a body that nobody reads on. */
  close(): Promise<void>;
}
