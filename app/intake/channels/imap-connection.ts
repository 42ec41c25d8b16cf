// One connection to a mail server. The only file that knows imapflow; it reads, and changes nothing but the mark "read" when that is wanted.
import { readFile } from "node:fs/promises";
import type { ImapFlowOptions } from "imapflow";
import { AppError } from "../../domain/index.ts";
import { isAddress, pinAddress, type Clock, type MailboxConfig, type Resolve } from "../../platform/index.ts";

/** What is known of a mail before it is fetched. */
export interface MailFacts {
  uid: number;
  sizeBytes: number;
  /** when the server took it, UTC milliseconds */
  receivedAtMs: number | undefined;
}

export interface MailServer {
  /** @throws AppError MAIL_REFUSED when there is no such folder */
  open(folder: string): Promise<{ uidValidity: number; uidNext: number | undefined }>;
  /** UIDs above `lastUid`, ascending; with `sinceMs` only those that arrived on that day (UTC) or later */
  uidsAfter(lastUid: number, sinceMs?: number): Promise<number[]>;
  /** those that still exist */
  factsOf(uids: readonly number[]): Promise<MailFacts[]>;
  /** the whole mail; undefined when it has gone */
  fetch(uid: number): Promise<Buffer | undefined>;
  /** its first 64 KB, enough for the header lines of all but attacks */
  fetchHead(uid: number): Promise<Buffer | undefined>;
  markSeen(uid: number): Promise<void>;
  /** Resolves when the server announces mail in the open folder, at once when it did since the last look, and after `ms` anyway. @throws AppError MAIL_UNREACHABLE when the connection ends */
  news(ms: number, clock: Clock): Promise<void>;
  close(): void;
}

const MB = 1024 * 1024;
const HEAD_BYTES = 64 * 1024;
/** Commands follow each other within a few milliseconds while mail is taken in; only then does waiting begin. */
const IDLE_AFTER_MS = 200;

/**
 * @param signal ends the connection, also while it is being made
 * @throws AppError MAIL_UNREACHABLE, MAIL_REFUSED, FETCH_URL_REFUSED (outside of the own network), CONFIG_INVALID (a file that the settings name)
 */
export async function connectMailServer(settings: MailboxConfig, signal: AbortSignal, resolve?: Resolve): Promise<MailServer> {
  const address = await pinAddress(settings.host, { ownNetworkOnly: !settings.allow_public }, resolve);
  const { ImapFlow } = await import("imapflow"); // 23 MB, for houses that have mailboxes
  const client = new ImapFlow(await optionsFor(settings, address));
  let end: AppError | undefined;
  let hasNews = false;
  let wake: () => void = () => undefined;
  client.on("error", (error) => (end ??= explain(error, settings.name)));
  client.on("close", () => {
    end ??= new AppError("MAIL_UNREACHABLE", `The mail server of ${settings.name} ended the connection`);
    wake();
  });
  client.on("exists", () => {
    hasNews = true;
    wake();
  });
  const close = (): void => client.close();
  signal.addEventListener("abort", close, { once: true });

  const ask = async <T>(work: () => Promise<T>, refused: "MAIL_REFUSED" | "MAIL_UNREADABLE" = "MAIL_UNREADABLE"): Promise<T> => {
    if (end !== undefined) throw end;
    try {
      const answer = await work();
      if (end !== undefined) throw end as AppError; // some answers of a broken connection look like "nothing there"
      return answer;
    } catch (error) {
      throw end ?? explain(error, settings.name, refused);
    }
  };
  const part = (uid: number, maxLength?: number): Promise<Buffer | undefined> =>
    ask(async () => {
      const found = await client.fetchOne(uid, { uid: true, source: maxLength === undefined ? true : { start: 0, maxLength } }, { uid: true });
      return found === false ? undefined : found.source;
    });

  try {
    if (signal.aborted) throw new AppError("SHUTTING_DOWN", "Earshot is stopping");
    await ask(() => client.connect(), "MAIL_REFUSED");
  } catch (error) {
    client.close();
    throw error;
  }
  return {
    open: (folder) =>
      ask(async () => {
        const { uidValidity, uidNext } = await client.mailboxOpen(folder, { readOnly: !settings.mark_seen });
        if (!(Number(uidValidity) > 0)) throw new AppError("MAIL_REFUSED", `The mail server of ${settings.name} does not number its mails (no UIDVALIDITY), so none could be taken just once`);
        return { uidValidity: Number(uidValidity), uidNext: Number.isSafeInteger(uidNext) && uidNext > 0 ? uidNext : undefined };
      }, "MAIL_REFUSED"),
    async uidsAfter(lastUid, sinceMs) {
      hasNews = false;
      const found = await ask(() => client.search({ uid: `${lastUid + 1}:*`, ...(sinceMs === undefined ? {} : { since: new Date(sinceMs) }) }, { uid: true }));
      if (!Array.isArray(found)) throw new AppError("MAIL_UNREACHABLE", `The mail server of ${settings.name} did not answer a search`);
      return [...new Set(found)].filter((uid) => uid > lastUid).sort((a, b) => a - b); // `n:*` always names the last mail, also when it is below n
    },
    factsOf: (uids) =>
      ask(async () => {
        const rows = await client.fetchAll(uids.join(","), { uid: true, size: true, internalDate: true }, { uid: true });
        return rows.filter((row) => uids.includes(row.uid)).map((row) => ({ uid: row.uid, sizeBytes: row.size ?? 0, receivedAtMs: timeOf(row.internalDate) }));
      }),
    fetch: (uid) => part(uid),
    fetchHead: (uid) => part(uid, HEAD_BYTES),
    markSeen: async (uid) => void (await ask(() => client.messageFlagsAdd(uid, ["\\Seen"], { uid: true }))),
    async news(ms, clock) {
      const nap = new AbortController();
      wake = () => nap.abort();
      if (end === undefined && !hasNews) await clock.sleep(ms, nap.signal).catch(() => undefined);
      wake = () => undefined;
      nap.abort();
      if (end !== undefined) throw end;
    },
    close() {
      signal.removeEventListener("abort", close);
      client.close();
    },
  };
}

/** The connection goes to the address that was checked; certificate and SNI are those of the name. */
async function optionsFor(settings: MailboxConfig, address: string): Promise<ImapFlowOptions> {
  const isImplicit = settings.tls === "implicit";
  const maxBytes = Math.ceil(settings.max_mail_mb * 1.3 * MB) + MB; // sizes that servers announce are estimates
  const ca = await textFile(settings.ca_file, `ca_file of ${settings.name}`);
  const token = await textFile(settings.access_token_file, `access_token_file of ${settings.name}`);
  const password = settings.password ?? (await textFile(settings.password_file, `password_file of ${settings.name}`))?.split(/\r?\n/)[0];
  return {
    host: address,
    port: settings.port ?? (isImplicit ? 993 : 143),
    secure: isImplicit,
    ...(isImplicit ? {} : { doSTARTTLS: settings.tls === "starttls" }), // true: without it there is no connection; false: only `tls: none`
    ...(!isAddress(settings.host) ? { servername: settings.host } : {}),
    tls: { minVersion: "TLSv1.2", ...(ca === undefined ? {} : { ca }) },
    auth: { user: settings.user, ...(token === undefined ? { pass: password ?? "" } : { accessToken: token.trim() }) },
    logger: false, // its lines hold what is said
    clientInfo: { name: "Earshot" },
    autoIdleDelay: IDLE_AFTER_MS,
    maxIdleTime: 240_000,
    disableCompression: true, // a few bytes could become gigabytes
    connectionTimeout: 15_000,
    greetingTimeout: 15_000,
    maxLiteralSize: maxBytes,
    maxResponseSize: maxBytes + MB,
    maxLineLength: 16 * MB, // two million UIDs
  };
}

async function textFile(path: string | undefined, what: string): Promise<string | undefined> {
  if (path === undefined) return undefined;
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new AppError("CONFIG_INVALID", `The ${what} cannot be read; check the path and its permissions`, { cause });
  }
}

/** The server's own words stay in `cause`: they may hold the user's name. */
function explain(error: unknown, name: string, refused: "MAIL_REFUSED" | "MAIL_UNREADABLE" = "MAIL_REFUSED"): AppError {
  if (error instanceof AppError) return error;
  const { code, responseStatus, authenticationFailed, message } = error as { code?: unknown; responseStatus?: unknown; authenticationFailed?: unknown; message?: unknown };
  if (authenticationFailed === true) return new AppError("MAIL_REFUSED", `The mail server of ${name} refused the login; check user and password, and whether it allows this way to log in`, { cause: error });
  if (responseStatus === "NO" || responseStatus === "BAD") {
    return new AppError(refused, refused === "MAIL_REFUSED" ? `The mail server of ${name} refused to open the folder; check its name` : `The mail server of ${name} does not hand out this mail`, { cause: error });
  }
  if (code === "LiteralTooLarge" || code === "ResponseTooLarge") return new AppError("TOO_LARGE", `A mail in ${name} is larger than its server said`, { cause: error, retry: "after_fix" });
  const why = typeof code === "string" && /^[A-Z0-9_]{3,40}$/i.test(code) ? code : /STARTTLS/i.test(String(message)) ? "it offers no STARTTLS" : "no answer";
  return new AppError("MAIL_UNREACHABLE", `The mail server of ${name} cannot be reached (${why}); check host, port and tls`, { cause: error });
}

function timeOf(date: Date | string | undefined): number | undefined {
  const ms = date === undefined ? Number.NaN : new Date(date).getTime();
  return Number.isFinite(ms) ? ms : undefined;
}
