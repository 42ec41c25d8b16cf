// A mailbox: every mail in it is handed over once, in order, whatever happens to the connection or to us meanwhile.
import { AppError, toAppError, type ErrorCode } from "../../domain/index.ts";
import type { Clock, Log, MailboxConfig, Resolve } from "../../platform/index.ts";
import { connectMailServer, type MailFacts, type MailServer } from "./imap-connection.ts";
import { mailFate, reconnectDelayMs } from "./mailbox-rules.ts";

/** How far a folder has been read. UIDs only mean something together with their UIDVALIDITY. */
export interface MailCursor {
  uidValidity: number;
  lastUid: number;
  /** mail from before this is left alone, UTC milliseconds */
  sinceMs: number;
}

/** Where cursors are kept. `begin` is flushed before a mail is touched, so that one that ends the process is known at the next start. */
export interface MailCursors {
  read(folder: string): MailCursor | undefined;
  save(folder: string, cursor: MailCursor): void;
  /** @returns how often this mail was begun and neither taken nor forgiven, this time included */
  begin(folder: string, uid: number): number;
  /** it was not the mail's fault */
  forgive(folder: string): void;
}

/** A mail as it came: its bytes, or why there are none. */
export interface FetchedMail {
  folder: "inbox" | "sent";
  /** names the mail when it has no readable id of its own */
  fallbackId: string;
  receivedAtMs: number;
  content: { raw: Buffer } | { unreadable: "too_large" | "damaged"; head: Buffer | undefined };
}

export interface MailboxOptions {
  settings: MailboxConfig;
  cursors: MailCursors;
  /** Resolves when mail and cursor are on the disk: `saveCursor` is called inside the transaction that stores the mail. */
  onMail: (mail: FetchedMail, saveCursor: () => void) => Promise<void>;
  clock: Clock;
  log: Log;
  random: () => number;
  resolve?: Resolve;
}

/** For the dashboard, `/readyz` and `doctor`. */
export interface MailboxStatus {
  name: string;
  state: "connecting" | "connected" | "waiting" | "stopped";
  lastMailAtMs: number | undefined;
  lastSweepAtMs: number | undefined;
  /** why there is no connection */
  error: { code: ErrorCode; message: string } | undefined;
}

const BATCH = 50;
/** Whose fault it is when one of these stops a mail: not the mail's. */
const NOT_THE_MAIL: ReadonlySet<ErrorCode> = new Set(["MAIL_UNREACHABLE", "MAIL_REFUSED", "DISK_RESERVE", "SHUTTING_DOWN"]);

/** One mailbox. `start` returns at once; `stop` waits for the mail that is being stored. */
export class Mailbox {
  readonly #options: MailboxOptions;
  readonly #stop = new AbortController();
  #loop: Promise<void> = Promise.resolve();
  #failures = 0;
  /** connections that broke over the same mail, in this life of the process */
  #breaks = { place: "", count: 0 };
  #status: MailboxStatus;

  constructor(options: MailboxOptions) {
    this.#options = options;
    this.#status = { name: options.settings.name, state: "stopped", lastMailAtMs: undefined, lastSweepAtMs: undefined, error: undefined };
  }

  start(): void {
    this.#loop = this.#connectForEver();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#loop;
    this.#status.state = "stopped";
  }

  status(): MailboxStatus {
    return { ...this.#status };
  }

  async #connectForEver(): Promise<void> {
    const { clock, log, random, settings } = this.#options;
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        await this.#readAndWait(signal);
      } catch (thrown) {
        if (signal.aborted) return;
        const error = toAppError(thrown);
        this.#failures++;
        if (this.#status.error?.code !== error.code) log.warn({ event: "mailbox.waiting", source: settings.name, code: error.code }, "a mailbox cannot be read; it is tried again, later and later");
        this.#status = { ...this.#status, state: "waiting", error: { code: error.code, message: error.message } };
        await clock.sleep(reconnectDelayMs(this.#failures, error.code === "MAIL_REFUSED", random()), signal).catch(() => undefined);
      }
    }
  }

  async #readAndWait(signal: AbortSignal): Promise<void> {
    const { settings, clock, resolve } = this.#options;
    this.#status.state = "connecting";
    const server = await connectMailServer(settings, signal, resolve);
    try {
      while (!signal.aborted) {
        if (settings.sent_folder !== undefined) await this.#sweep(server, settings.sent_folder, "sent");
        await this.#sweep(server, settings.folder, "inbox"); // last: this is the folder that the server then announces mail for
        this.#progress();
        this.#status.lastSweepAtMs = clock.now();
        await server.news(settings.sweep_seconds * 1000, clock);
      }
    } finally {
      server.close();
    }
  }

  #progress(): void {
    this.#failures = 0;
    this.#status = { ...this.#status, state: "connected", error: undefined };
  }

  async #sweep(server: MailServer, path: string, folder: FetchedMail["folder"]): Promise<void> {
    const { cursors } = this.#options;
    const { uidValidity, uidNext } = await server.open(path);
    const cursor = this.#cursorFor(path, uidValidity);
    const isFirst = cursor.lastUid === 0;
    const uids = await server.uidsAfter(cursor.lastUid, isFirst ? cursor.sinceMs : undefined);
    for (let at = 0; at < uids.length; at += BATCH) {
      const batch = await server.factsOf(uids.slice(at, at + BATCH));
      for (const facts of batch.sort((a, b) => a.uid - b.uid)) {
        if (this.#stop.signal.aborted) return;
        await this.#takeIn(server, path, folder, { ...cursor, lastUid: facts.uid }, facts);
      }
    }
    // What lies below uidNext was seen now: expunged, or too old. Only the first look leaves out old mail.
    const seenUid = Math.max((uidNext ?? 1) - 1, uids.at(-1) ?? 0);
    if (seenUid > cursor.lastUid) cursors.save(path, { ...cursor, lastUid: seenUid });
  }

  /** A new UIDVALIDITY means that the server has numbered everything anew: all is read again, and what is known already changes nothing. */
  #cursorFor(path: string, uidValidity: number): MailCursor {
    const { cursors, clock, log, settings } = this.#options;
    const known = cursors.read(path);
    if (known?.uidValidity === uidValidity) return known;
    if (known !== undefined) log.warn({ event: "mailbox.renumbered", source: settings.name }, "the mail server numbered a folder anew; it is read again");
    const fresh = { uidValidity, lastUid: 0, sinceMs: known?.sinceMs ?? clock.now() - settings.first_days * 86_400_000 };
    cursors.save(path, fresh);
    return fresh;
  }

  async #takeIn(server: MailServer, path: string, folder: FetchedMail["folder"], cursor: MailCursor, facts: MailFacts): Promise<void> {
    const { settings, cursors, onMail, clock, log } = this.#options;
    const place = `${path}:${cursor.uidValidity}:${facts.uid}`;
    const breaks = this.#breaks.place === place ? this.#breaks.count : 0;
    const fate = mailFate({ tries: cursors.begin(path, facts.uid), breaks, sizeBytes: facts.sizeBytes, maxBytes: settings.max_mail_mb * 1024 * 1024 });
    if (fate === "skip") {
      log.error({ event: "mailbox.skipped", source: settings.name, uid: facts.uid }, "a mail could not even be stored as unreadable; it is left in the mailbox");
      return cursors.save(path, cursor);
    }
    try {
      const content = fate === "whole" ? await server.fetch(facts.uid).then((raw) => raw && { raw }) : { unreadable: fate, head: await server.fetchHead(facts.uid) };
      if (content === undefined) return; // it has gone meanwhile
      await onMail({ folder, fallbackId: `uid:${place}`, receivedAtMs: facts.receivedAtMs ?? clock.now(), content }, () => cursors.save(path, cursor));
      this.#status.lastMailAtMs = clock.now();
      this.#progress();
    } catch (error) {
      if (error instanceof AppError && NOT_THE_MAIL.has(error.code)) {
        cursors.forgive(path);
        if (error.code === "MAIL_UNREACHABLE") this.#breaks = { place, count: breaks + 1 };
      }
      throw error;
    }
    if (settings.mark_seen) await server.markSeen(facts.uid);
  }
}

/** Connects, logs in and opens the folders, once: for `doctor`. @throws AppError that says what to mend */
export async function examineMailbox(settings: MailboxConfig, signal: AbortSignal): Promise<void> {
  const server = await connectMailServer(settings, signal);
  try {
    for (const folder of [settings.sent_folder, settings.folder]) if (folder !== undefined) await server.open(folder);
  } finally {
    server.close();
  }
}
