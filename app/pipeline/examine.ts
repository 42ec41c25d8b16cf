// Looks whether what the settings name is really there, without sending or changing anything. For doctor and for the settings pages.
import { access, constants, readdir } from "node:fs/promises";
import { AppError } from "../domain/index.ts";
import { examineMailbox } from "../intake/index.ts";
import { publicUrl, type Config, type FolderConfig, type FrontConfig, type SourceConfig } from "../platform/index.ts";

export interface Finding {
  check: string;
  ok: boolean;
  /** what was seen, and when not ok what to do */
  detail: string;
}

const LONGEST_MS = 20_000;

export async function examineFolder({ source, path }: Pick<FolderConfig, "source" | "path">): Promise<Finding> {
  const check = `Watched folder ${source}`;
  try {
    await access(path, constants.R_OK | constants.X_OK);
    await readdir(path, { withFileTypes: true });
    return { check, ok: true, detail: path };
  } catch {
    return { check, ok: false, detail: `${path} cannot be read; mount it, or let the user that runs Earshot read it` };
  }
}

/** How a sender proves itself, and whether its folder of recordings and the way to its downloads are there. */
export async function examineSender(sender: SourceConfig | FrontConfig): Promise<Finding> {
  const check = `Source ${sender.name}`;
  const proof = `${sender.adapter}, proves itself by ${sender.auth.type.replace("_", " ")}${sender.allow_ips.length > 0 ? ` from ${sender.allow_ips.join(", ")}` : ""}`;
  if (!("recordings_folder" in sender) || sender.recordings_folder === undefined) return { check, ok: true, detail: proof };
  const folder = await examineFolder({ source: sender.name, path: sender.recordings_folder });
  return { check, ok: folder.ok, detail: folder.ok ? `${proof}; recordings are read from ${folder.detail}` : folder.detail };
}

/** Each mailbox is reached, logged in to, and its folders opened, once. */
export async function examineMailboxes(config: Pick<Config, "channels">): Promise<Finding[]> {
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

export function examineCrm(config: Pick<Config, "crm">): Finding {
  const { url, secret } = config.crm;
  if (url === undefined) return { check: "CRM", ok: true, detail: "no crm.url is set, so results stay here" };
  return secret === undefined
    ? { check: "CRM", ok: false, detail: "crm.url is set without crm.secret; results would be unsigned: make one with: openssl rand -base64 32, and write whsec_ before it" }
    : { check: "CRM", ok: true, detail: new URL(url).origin };
}

/** Everything that brings something in, and whether the address that it is told leads here. */
export async function examineSources(config: Config): Promise<Finding[]> {
  const url = new URL(publicUrl(config));
  const isLocal = ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
  const senders = [...config.intake.sources, ...config.channels.fronts];
  return [
    ...(senders.length === 0 ? [] : [{ check: "Address for senders", ok: !isLocal, detail: isLocal ? `${url.origin} is reached from this machine only; set http.host and http.public_url when the telephone system is another one` : url.origin }]),
    ...(await Promise.all([...config.intake.folders.map(examineFolder), ...senders.map(examineSender)])),
    ...(await examineMailboxes(config)),
  ];
}
