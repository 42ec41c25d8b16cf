// Mailboxes: every mail becomes events of the channel e-mail, stored in one transaction with how far the mailbox has been read.
import { AppError, toRfc3339, type ChannelEvent } from "../domain/index.ts";
import { Mailbox, mailEvents, parseHead, parseMail, unreadableMail, withFiles, type ChannelDelivery, type FetchedMail, type MailboxStatus, type MailContext } from "../intake/index.ts";
import { inTransaction, type MailboxConfig } from "../platform/index.ts";
import type { Appliance } from "./appliance.ts";
import type { Parts } from "./parts.ts";
import { withStaged } from "./staged-files.ts";

/** What the mailboxes need of the appliance. */
export interface MailDoor extends Pick<Appliance, "stage" | "discard"> {
  /** Stores the events; `alsoSave` runs in the same transaction, perhaps more than once. Resolves when both are on the disk. */
  take(source: string, events: readonly ChannelEvent[], alsoSave: () => void): Promise<void>;
}

/** One poller a configured mailbox. */
export function createMailboxes(parts: Pick<Parts, "config" | "db" | "store" | "clock" | "log" | "random" | "audit">, door: MailDoor): Mailbox[] {
  const { mailCursors } = parts.store.writes;
  return parts.config.channels.mailboxes.map(
    (settings) =>
      new Mailbox({
        settings,
        clock: parts.clock,
        log: parts.log,
        random: () => parts.random(),
        cursors: {
          read: (folder) => mailCursors.read(settings.name, folder),
          save: (folder, cursor) => mailCursors.save(settings.name, folder, cursor, parts.clock.now()),
          begin: (folder, uid) => inTransaction(parts.db, () => mailCursors.begin(settings.name, folder, uid)),
          forgive: (folder) => inTransaction(parts.db, () => mailCursors.forgive(settings.name, folder)),
        },
        onMail: (mail, saveCursor) => takeIn(settings, mail, saveCursor, parts, door),
      }),
  );
}

async function takeIn(settings: MailboxConfig, mail: FetchedMail, saveCursor: () => void, parts: Pick<Parts, "audit">, door: MailDoor): Promise<void> {
  const { delivery, unreadable } = await understand(settings, mail);
  await withStaged(door, delivery.files.map(({ content, attachment }) => ({ content, name: attachment.name })), (staged) =>
    door.take(settings.name, withFiles(delivery, staged), () => {
      if (unreadable !== undefined) parts.audit({ actor: { kind: "source", id: settings.name, ip: null }, action: "mail.unreadable", object: { kind: "mail", id: mail.fallbackId }, outcome: "failed", reason: unreadable });
      saveCursor();
    }),
  );
}

/** A mail that cannot be read keeps its place in the thread, with what its header lines say. */
async function understand(settings: MailboxConfig, mail: FetchedMail): Promise<{ delivery: ChannelDelivery; unreadable?: "too_large" | "damaged" }> {
  const context = contextOf(settings, mail);
  const { content } = mail;
  if ("unreadable" in content) return { delivery: unreadableMail(content.head && (await parseHead(content.head)), content.unreadable, mail.fallbackId, context), unreadable: content.unreadable };
  try {
    return { delivery: mailEvents(await parseMail(content.raw, content.raw.length), context) };
  } catch (error) {
    if (!(error instanceof AppError && error.code === "MAIL_UNREADABLE")) throw error;
    return { delivery: unreadableMail(await parseHead(content.raw.subarray(0, 65_536)), "damaged", mail.fallbackId, context), unreadable: "damaged" };
  }
}

function contextOf(settings: MailboxConfig, mail: FetchedMail): MailContext {
  return {
    source: settings.name,
    own: { addresses: [...settings.own_addresses, ...(settings.user.includes("@") ? [settings.user] : [])], domains: settings.own_domains, relays: settings.relays },
    folder: mail.folder,
    receivedAtMs: mail.receivedAtMs,
    trustFrom: settings.trust_from,
    ...(settings.authserv_id === undefined ? {} : { authservId: settings.authserv_id }),
    ...(settings.reference_pattern === undefined ? {} : { referencePattern: settings.reference_pattern }),
    ...(settings.queue === undefined ? {} : { queue: settings.queue }),
  };
}

/** @returns how a mailbox does, in a sentence */
export function describeMailbox({ name, state, lastMailAtMs, error }: MailboxStatus): string {
  const last = lastMailAtMs === undefined ? "" : `, last mail ${toRfc3339(lastMailAtMs)}`;
  return error === undefined ? `Mailbox ${name} is ${state}${last}` : `Mailbox ${name} cannot be read: ${error.message}; it is tried again by itself${last}`;
}
