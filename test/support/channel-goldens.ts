// The golden payloads of every channel: one file a case in test/fixtures/channels, read alike by the tests of shapes and of hostile input.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ChannelEvent } from "../../app/domain/index.ts";
import { inlineAttachments, messageEvents, parseFront, parseWhatsApp, readMessages, withFiles } from "../../app/intake/index.ts";
import { installationRoot, type FrontConfig } from "../../app/platform/index.ts";

export interface Golden {
  about: string;
  adapter: "whatsapp" | "message" | FrontConfig["adapter"];
  /** settings of the front that matter */
  front?: Partial<FrontConfig>;
  phoneNumberIds?: string[];
  request: { contentType?: string; json?: unknown; form?: Record<string, string>; text?: string };
  expect?: ChannelEvent[];
  refused?: { code: string; paths: string[] };
}

export const NOW_MS = Date.UTC(2026, 10, 3, 13, 20);
export const GOLDEN_FOLDER = join(installationRoot(), "test", "fixtures", "channels");

export function readGoldens(): { name: string; golden: Golden }[] {
  return readdirSync(GOLDEN_FOLDER).filter((file) => file.endsWith(".json")).sort().map((file) => ({ name: file.replace(".json", ""), golden: JSON.parse(readFileSync(join(GOLDEN_FOLDER, file), "utf8")) as Golden }));
}

export function bodyOf({ json, form, text }: Golden["request"]): Buffer {
  return Buffer.from(text ?? (form === undefined ? JSON.stringify(json) : new URLSearchParams(form).toString()));
}

/** What the adapter of this golden makes of a body. Files that came in the request lie in an imaginary vault. */
export function parseAs({ adapter, front, phoneNumberIds = [], request }: Golden, body: Buffer): ChannelEvent[] {
  if (adapter === "whatsapp") return parseWhatsApp({ body }, { phoneNumberIds, nowMs: NOW_MS });
  if (adapter === "message") {
    const inputs = readMessages(body);
    const staged = new Map(inlineAttachments(inputs).map(({ attachment, bytes }, i) => [attachment, { file: `staged-${i}`, sizeBytes: bytes.length, sha256: "0".repeat(64) }]));
    return messageEvents(inputs, staged, { country: "NL", nowMs: NOW_MS });
  }
  const settings: FrontConfig = { name: "desk", adapter, auth: { type: "none" }, allow_ips: ["10.0.0.0/8"], trust_contacts: false, own_addresses: [], own_domains: [], ...front };
  const { events, files } = parseFront(settings, { body, contentType: request.contentType ?? (request.form === undefined ? "application/json" : "application/x-www-form-urlencoded"), query: {} }, { country: "NL", timeZone: "Europe/Amsterdam", nowMs: NOW_MS });
  return withFiles({ events, files }, files.map((_, i) => ({ file: `staged-${i}`, sizeBytes: 1, sha256: "0".repeat(64) })));
}
