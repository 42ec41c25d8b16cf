// What mails mean: golden files, and the rules that no file shows.
import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mailEvents, parseHead, parseMail, unreadableMail, withFiles, type ChannelDelivery, type MailContext } from "../../../app/intake/index.ts";
import { installationRoot, isTamePattern } from "../../../app/platform/index.ts";

const FOLDER = join(installationRoot(), "test/fixtures/channels/mail");
const RECEIVED_MS = Date.UTC(2026, 10, 3, 12, 16);
const context: MailContext = {
  source: "support-mail",
  own: { addresses: ["support@ours.example"], domains: ["ours.example"], relays: [] },
  folder: "inbox",
  receivedAtMs: RECEIVED_MS,
  trustFrom: "always",
  referencePattern: String.raw`\[#(\d+)\]`,
};
const read = async (raw: string | Buffer, over: Partial<MailContext> = {}): Promise<ChannelDelivery> => mailEvents(await parseMail(Buffer.from(raw), 10_000_000), { ...context, ...over });
/** Files by what people see of them. */
const shown = ({ events, files }: ChannelDelivery): unknown => ({ events, files: files.map(({ of, attachment }) => ({ of, ...attachment })) });

describe("mail: golden files", () => {
  for (const file of readdirSync(FOLDER).filter((name) => name.endsWith(".eml"))) {
    it(`${file} means what its JSON says`, async () => {
      const expected = join(FOLDER, file.replace(/eml$/, "json"));
      const found = shown(await read(readFileSync(join(FOLDER, file))));
      if (process.env["RENEW_GOLDEN"]) writeFileSync(expected, `${JSON.stringify(found, null, 1)}\n`);
      assert.deepEqual(found, JSON.parse(readFileSync(expected, "utf8")));
    });
  }
});
