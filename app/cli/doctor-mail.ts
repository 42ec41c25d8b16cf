// What doctor says about mailboxes: each is reached, logged in to, and its folders opened, once.
import { AppError } from "../domain/index.ts";
import { examineMailbox } from "../intake/index.ts";
import type { Config } from "../platform/index.ts";
import type { Finding } from "./doctor-speech.ts";

const LONGEST_MS = 20_000;

export async function examineMailboxes(config: Config): Promise<Finding[]> {
  return Promise.all(
    config.channels.mailboxes.map(async (box): Promise<Finding> => {
      const check = `Mailbox ${box.name}`;
      try {
        await examineMailbox(box, AbortSignal.timeout(LONGEST_MS));
        const hint = box.tls === "none" ? "; without encryption, which only your own network excuses" : box.sent_folder === undefined ? "; no sent_folder is set, so what agents answer is not known" : "";
        return { check, ok: true, detail: `${box.host}, ${[box.folder, box.sent_folder].filter((one) => one !== undefined).join(" and ")}${hint}` };
      } catch (error) {
        if (error instanceof AppError) return { check, ok: false, detail: error.message };
        throw error;
      }
    }),
  );
}
