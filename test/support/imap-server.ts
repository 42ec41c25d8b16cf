// A small IMAP server (RFC 3501, 2177) on loopback that tells the truth about its mails and can break in the ways that real ones do.
import { createServer, type Server, type Socket } from "node:net";
import { createSecureContext, TLSSocket } from "node:tls";
import type { AddressInfo } from "node:net";

export interface StoredMail {
  uid: number;
  raw: Buffer;
  at: Date;
  seen: boolean;
}

interface Folder {
  uidValidity: number;
  uidNext: number;
  mails: StoredMail[];
}

/** What happens instead of the whole answer when a mail's content is asked for. */
export type Fault = "cut" | "garbage" | "refuse" | undefined;

export interface FakeImap {
  readonly port: number;
  readonly folders: Map<string, Folder>;
  /** every command that came, without its tag; passwords as `LOGIN …` */
  readonly commands: string[];
  connections: number;
  /** asked before the content of a mail is sent */
  fault: (folder: string, uid: number) => Fault;
  /** size that is announced instead of the true one */
  announce: (mail: StoredMail) => number;
  password: string;
  deliver(raw: string | Buffer, folder?: string, at?: Date): number;
  /** numbers a folder anew */
  renumber(folder?: string): void;
  /** ends every connection without a word */
  drop(): void;
  close(): Promise<void>;
}

/** @param tls key and certificate; `starttls` offers them only after STARTTLS */
export async function startImap(tls?: { key: string; cert: string; mode: "implicit" | "starttls" }): Promise<FakeImap> {
  const sockets = new Set<Socket>();
  const idling = new Set<{ folder: string; write(text: string): void }>();
  const server: Server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.setNoDelay(true);
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    fake.connections++;
    const context = tls && createSecureContext({ key: tls.key, cert: tls.cert });
    serve(tls?.mode === "implicit" && context !== undefined ? secured(socket, context) : socket, context === undefined || tls?.mode === "implicit" ? undefined : () => secured(socket, context), true);
  });

  const fake: FakeImap = {
    port: 0,
    folders: new Map([["INBOX", { uidValidity: 1000, uidNext: 1, mails: [] }], ["Sent", { uidValidity: 2000, uidNext: 1, mails: [] }]]),
    commands: [],
    connections: 0,
    fault: () => undefined,
    announce: (mail) => mail.raw.length,
    password: "a secret of the mailbox",
    deliver(raw, name = "INBOX", at = new Date()) {
      const folder = folderOf(name);
      const uid = folder.uidNext++;
      folder.mails.push({ uid, raw: Buffer.from(raw), at, seen: false });
      for (const one of idling) if (one.folder === name) one.write(`* ${folder.mails.length} EXISTS\r\n`);
      return uid;
    },
    renumber(name = "INBOX") {
      const folder = folderOf(name);
      folder.uidValidity++;
      folder.mails.forEach((mail, i) => (mail.uid = i + 1));
      folder.uidNext = folder.mails.length + 1;
    },
    drop: () => sockets.forEach((socket) => socket.destroy()),
    async close() {
      fake.drop();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  const folderOf = (name: string): Folder => {
    const folder = fake.folders.get(name);
    if (folder === undefined) throw new Error(`no folder ${name}`);
    return folder;
  };

  function serve(socket: Socket, upgrade: (() => Socket) | undefined, greet: boolean): void {
    let selected = "";
    let idleTag = "";
    let isLoggedIn = false;
    let rest = "";
    const write = (text: string): void => void (socket.writable && socket.write(text));
    const self = { get folder() { return selected; }, write };
    socket.on("error", () => undefined);
    socket.on("close", () => idling.delete(self));
    if (greet) write("* OK ready\r\n");
    const onData = (data: Buffer): void => {
      rest += data.toString("latin1");
      for (let end = rest.indexOf("\r\n"); end !== -1; end = rest.indexOf("\r\n")) {
        const line = rest.slice(0, end);
        rest = rest.slice(end + 2);
        answer(line);
      }
    };
    socket.on("data", onData);

    const answer = (line: string): void => {
      if (idleTag !== "" && /^DONE$/i.test(line)) {
        idling.delete(self);
        write(`${idleTag} OK done\r\n`);
        idleTag = "";
        return;
      }
      const [, tag = "*", verb = "", rest = ""] = /^(\S+) (UID \S+|\S+) ?(.*)$/.exec(line) ?? [];
      fake.commands.push(verb === "LOGIN" ? "LOGIN …" : `${verb} ${rest}`.trim());
      const ok = (): void => write(`${tag} OK ${verb} done\r\n`);
      switch (verb.toUpperCase()) {
        case "CAPABILITY":
          write(`* CAPABILITY IMAP4rev1 IDLE UIDPLUS${upgrade === undefined ? "" : " STARTTLS"}\r\n`);
          return ok();
        case "STARTTLS": {
          if (upgrade === undefined) return write(`${tag} BAD no\r\n`);
          ok();
          socket.removeListener("data", onData);
          return serve(upgrade(), undefined, false);
        }
        case "LOGIN":
          isLoggedIn = rest.endsWith(`"${fake.password}"`);
          return isLoggedIn ? ok() : write(`${tag} NO [AUTHENTICATIONFAILED] wrong\r\n`);
        case "LIST":
        case "LSUB":
          if (rest === '"" ""') write('* LIST (\\Noselect) "/" ""\r\n');
          else for (const name of fake.folders.keys()) write(`* ${verb} (\\HasNoChildren) "/" ${name}\r\n`);
          return ok();
        case "SELECT":
        case "EXAMINE": {
          const name = rest.replace(/^"|"$/g, "");
          const folder = fake.folders.get(name);
          if (folder === undefined || !isLoggedIn) return write(`${tag} NO no such folder\r\n`);
          selected = name;
          write(`* ${folder.mails.length} EXISTS\r\n* 0 RECENT\r\n* FLAGS (\\Seen)\r\n* OK [UIDVALIDITY ${folder.uidValidity}] ok\r\n* OK [UIDNEXT ${folder.uidNext}] ok\r\n`);
          return write(`${tag} OK [READ-${verb.toUpperCase() === "SELECT" ? "WRITE" : "ONLY"}] ok\r\n`);
        }
        case "UID SEARCH": {
          const from = Number(/UID (\d+):\*/i.exec(rest)?.[1] ?? 1);
          const since = Date.parse(/SINCE "?(\S+?)"?$/i.exec(rest)?.[1] ?? "1-Jan-1970");
          const { mails } = folderOf(selected);
          const last = mails.at(-1)?.uid ?? 0;
          write(`* SEARCH ${mails.filter((mail) => mail.at.getTime() >= since && (mail.uid >= from || mail.uid === last)).map((mail) => mail.uid).join(" ")}\r\n`);
          return ok();
        }
        case "UID FETCH":
          for (const uid of uidsOf(rest)) {
            const fault = /BODY\.PEEK\[\](?!<)/i.test(rest) ? fake.fault(selected, uid) : undefined;
            if (fault === "refuse") return write(`${tag} NO not this one\r\n`);
            if (!sendMail(uid, rest, fault)) return;
          }
          return ok();
        case "UID STORE": {
          const mail = folderOf(selected).mails.find((one) => one.uid === Number(/^\d+/.exec(rest)?.[0]));
          if (mail !== undefined && /\+FLAGS.*\\Seen/i.test(rest)) mail.seen = true;
          return ok();
        }
        case "IDLE":
          idleTag = tag;
          idling.add(self);
          return write("+ idling\r\n");
        case "LOGOUT":
          write("* BYE bye\r\n");
          ok();
          return void socket.end();
        default:
          return ok();
      }
    };

    /** @returns false when the connection is of no more use, or the command was answered */
    const sendMail = (uid: number, query: string, fault: Fault): boolean => {
      const { mails } = folderOf(selected);
      const index = mails.findIndex((mail) => mail.uid === uid);
      const mail = mails[index];
      if (mail === undefined) return true;
      const partial = /BODY\.PEEK\[\](?:<(\d+)\.(\d+)>)?/i.exec(query);
      if (partial === null) {
        write(`* ${index + 1} FETCH (UID ${uid} RFC822.SIZE ${fake.announce(mail)} INTERNALDATE "${internalDate(mail.at)}")\r\n`);
        return true;
      }
      const body = partial[2] === undefined ? mail.raw : mail.raw.subarray(0, Number(partial[2]));
      if (fault === "garbage") write("* \u0000\u0001(((( FETCH {99999999999\r\n)))\r\n");
      const head = `* ${index + 1} FETCH (UID ${uid} BODY[]${partial[2] === undefined ? "" : "<0>"} {${body.length}}\r\n`;
      if (fault === "cut" || fault === "garbage") {
        socket.write(Buffer.concat([Buffer.from(head), body.subarray(0, Math.floor(body.length / 2))]), () => socket.destroy());
        return false;
      }
      socket.write(Buffer.concat([Buffer.from(head), body, Buffer.from(")\r\n")]));
      return true;
    };

    const uidsOf = (query: string): number[] => {
      const ranges = (/^\S+/.exec(query)?.[0] ?? "").split(",").map((one) => one.split(":").map(Number));
      return folderOf(selected).mails.map((mail) => mail.uid).filter((uid) => ranges.some(([from = 0, to = from]) => uid >= from && uid <= to));
    };
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  (fake as { port: number }).port = (server.address() as AddressInfo).port;
  return fake;
}

function secured(socket: Socket, secureContext: ReturnType<typeof createSecureContext>): TLSSocket {
  return new TLSSocket(socket, { isServer: true, secureContext });
}

function internalDate(at: Date): string {
  const [, day, month, year, time] = /^\w+, (\d+) (\w+) (\d+) (\S+)/.exec(at.toUTCString()) ?? [];
  return `${day}-${month}-${year} ${time} +0000`;
}
