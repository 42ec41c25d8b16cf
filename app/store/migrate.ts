// Brings the database to the schema of this program: numbered steps, never changed once shipped, refused by an older program.
import { AppError } from "../domain/index.ts";
import { inTransaction, type Db } from "../platform/index.ts";
import * as first from "./migrations/0010-first.ts";
import * as remoteSpeech from "./migrations/0060-remote-speech.ts";
import * as voices from "./migrations/0070-voices.ts";
import * as threads from "./migrations/0080-threads.ts";
import * as attachments from "./migrations/0090-attachments.ts";
import * as conversationFindings from "./migrations/0115-conversation-findings.ts";
import * as mailCursors from "./migrations/0110-mail-cursors.ts";
import * as workflows from "./migrations/0120-workflows.ts";
import * as knowledge from "./migrations/0130-knowledge.ts";
import * as issues from "./migrations/0150-issues.ts";
import * as slotProposals from "./migrations/0170-slot-proposals.ts";
import * as consents from "./migrations/0100-consents.ts";
import * as rules from "./migrations/0140-rules.ts";
import * as lookUps from "./migrations/0180-look-ups.ts";
import * as people from "./migrations/0190-people.ts";
import * as contacts from "./migrations/0200-contacts.ts";
import * as corrections from "./migrations/0230-corrections.ts";
import * as board from "./migrations/0210-board.ts";
import * as timeline from "./migrations/0220-timeline.ts";
import * as standings from "./migrations/0240-standings.ts";
import * as outdatedVectors from "./migrations/0250-outdated-vectors.ts";
import * as deriveLater from "./migrations/0260-derive-later.ts";
import * as backlog from "./migrations/0270-backlog.ts";
import * as likelyReasons from "./migrations/0280-likely-reasons.ts";
import * as messageEncodings from "./migrations/0290-message-encodings.ts";

/** Every step, oldest first; numbers in tens, so that two branches rarely collide. */
const MIGRATIONS: readonly { version: number; sql: string }[] = [first, remoteSpeech, voices, threads, attachments, consents, mailCursors, conversationFindings, workflows, knowledge, rules, issues, slotProposals, lookUps, people, contacts, board, timeline, corrections, standings, outdatedVectors, deriveLater, backlog, likelyReasons, messageEncodings];

/** The schema version of this program. */
export const SCHEMA_VERSION = MIGRATIONS.at(-1)?.version ?? 0;

/**
 * Applies what is missing, each step in one transaction. `PRAGMA user_version` holds the version.
 * @throws AppError STORE_FROM_FUTURE when a newer program wrote the database
 */
export function migrate(db: Db): void {
  const present = db.pragma("user_version", { simple: true }) as number;
  if (present > SCHEMA_VERSION) {
    throw new AppError("STORE_FROM_FUTURE", `The database has schema ${present}, this Earshot knows ${SCHEMA_VERSION}; start the newer Earshot or restore a backup from before the upgrade`);
  }
  for (const step of MIGRATIONS.filter((one) => one.version > present)) {
    inTransaction(db, () => {
      db.exec(step.sql);
      db.pragma(`user_version = ${step.version}`);
    });
  }
}

/** The schema as text, one statement per object in name order: what the golden file holds. */
export function describeSchema(db: Db): string {
  const rows = db.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND NOT (type = 'table' AND name GLOB '*_fts_*') ORDER BY type, name").all() as { sql: string }[];
  return rows.map((row) => `${row.sql.replace(/\s+/g, " ").trim()};\n`).join("");
}
