// Settings of mailboxes, a channel of their own.
import { z } from "zod";
import { isAddress, isOwnNetwork } from "./net-addresses.ts";

const name = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, "expected lower-case letters, digits, - and _");
const emailAddress = z.string().regex(/^[^\s@<>"]{1,64}@[^\s@<>"]{1,190}$/, "expected an e-mail address").toLowerCase();
const domain = z.string().regex(/^[^\s@<>"*]{1,190}$/, "expected a domain such as example.com").toLowerCase();

const mailboxSchema = z
  .object({
    name: name.describe("name that messages from here carry as source"),
    host: z.string().regex(/^[A-Za-z0-9.:_-]{1,253}$/, "expected a host name or an address").describe("IMAP server"),
    port: z.number().int().min(1).max(65535).optional().describe("993 for implicit TLS, 143 otherwise, when absent"),
    tls: z
      .enum(["implicit", "starttls", "none"])
      .default("implicit")
      .describe("how the connection is encrypted; it is never given up for a server that offers less. `none` sends the password in the open, only to a server in your own network"),
    ca_file: z.string().min(1).optional().describe("PEM file with the authority of the server's certificate, when it is your own"),
    allow_public: z.boolean().default(false).describe("let the mail server be outside of your own network"),
    user: z.string().min(1).max(320),
    password: z.string().min(1).max(1024).optional().describe("one of `password`, `password_file` and `access_token_file` is needed"),
    password_file: z.string().min(1).optional().describe("file whose first line is the password; read at every connection"),
    access_token_file: z.string().min(1).optional().describe("file with an OAuth 2 access token that another program keeps fresh; read at every connection"),
    folder: z.string().min(1).max(400).default("INBOX").describe("folder with what customers write"),
    sent_folder: z.string().min(1).max(400).optional().describe("folder with what agents answer, e.g. `Sent`; without it only one side of the conversation is known"),
    own_addresses: z.array(emailAddress).default([]).describe("the site's own addresses; `user` is one anyway when it is an address"),
    own_domains: z.array(domain).default([]).describe("the site's own domains, with everything below them: mail from there is an agent's"),
    relays: z.array(emailAddress).default([]).describe("addresses of web forms and ticket systems that write for a customer; they are known by their Reply-To"),
    trust_from: z
      .enum(["always", "authenticated"])
      .default("always")
      .describe("whether a sender's address says who the customer is: always, or only when your mail server found it authentic (SPF, DKIM or DMARC); otherwise it is a mere claim that joins nobody"),
    authserv_id: z.string().regex(/^[A-Za-z0-9._-]{1,253}$/).optional().describe("how your mail server calls itself in Authentication-Results; needed for `trust_from: authenticated`"),
    reference_pattern: z
      .string()
      .max(120)
      .refine(isTamePattern, "expected a regular expression with one group ( ), at most 3 of * + { } and none of them behind a group, e.g. \\[#(\\d+)\\]")
      .optional()
      .describe("finds ticket numbers in subjects; the group is the number. Mails with equal numbers are one conversation"),
    queue: z.string().min(1).max(200).optional().describe("queue that messages from here belong to"),
    sweep_seconds: z.number().min(0.1).max(3600).default(60).describe("how often the folders are looked through; new mail in `folder` is announced by the server and comes at once"),
    first_days: z.number().min(0).max(3650).default(30).describe("how far back mail is taken in when the mailbox is seen for the first time"),
    max_mail_mb: z.number().min(0.01).max(100).default(25).describe("larger mails keep their place in the thread, without their content"),
    mark_seen: z.boolean().default(false).describe("mark what was taken in as read; otherwise nothing in the mailbox is ever changed"),
  })
  .strict()
  .superRefine(checkMailbox);

/** `channels.mailboxes` */
export const mailboxesSchema = z
  .array(mailboxSchema)
  .max(64)
  .refine((list) => new Set(list.map((one) => one.name)).size === list.length, "expected names that differ")
  .default([])
  .describe("IMAP mailboxes whose mails become messages of the thread");

export type MailboxConfig = z.output<typeof mailboxSchema>;

/** @param from makes a path of the settings absolute */
export function withAbsoluteFiles(mailboxes: readonly MailboxConfig[], from: (path: string) => string): MailboxConfig[] {
  const files = ["ca_file", "password_file", "access_token_file"] as const;
  return mailboxes.map((box) => ({ ...box, ...Object.fromEntries(files.flatMap((key) => (box[key] === undefined ? [] : [[key, from(box[key])]]))) }));
}

/**
 * Whether a regular expression is cheap on any subject. Time explodes where a repeated group contains a choice or another repetition, and grows by one
 * power with every repetition beside another: none behind a group, three in all, on the 256 characters that are looked at, is 3 million steps.
 */
export function isTamePattern(pattern: string): boolean {
  try {
    if (new RegExp(`${pattern}|`, "u").exec("")?.length !== 2) return false; // exactly one group
  } catch {
    return false;
  }
  const bare = pattern.replace(/\\./gs, "x").replace(/\[[^\]]*\]/g, "x");
  const repeats = bare.match(/[*+{]/g)?.length ?? 0;
  const maybes = bare.replace(/\(\?/g, "(").match(/\?/g)?.length ?? 0;
  return !/\)[*+{?]/.test(bare) && !/\\[1-9k]/.test(pattern) && repeats <= 3 && maybes <= 6;
}

/** Addresses written as numbers are known already here; names are looked up, and checked again, at every connection. */
function checkMailbox(box: { host: string; tls: string; allow_public: boolean; password?: string | undefined; password_file?: string | undefined; access_token_file?: string | undefined; trust_from: string; authserv_id?: string | undefined }, context: z.RefinementCtx): void {
  const complain = (path: string, message: string): void => context.addIssue({ code: "custom", path: [path], message });
  const secrets = [box.password, box.password_file, box.access_token_file].filter((one) => one !== undefined);
  if (secrets.length !== 1) complain("password", "expected exactly one of password, password_file and access_token_file");
  if (box.tls === "none" && box.allow_public) complain("tls", "a password may not go over the Internet in the open; use implicit or starttls");
  if (box.trust_from === "authenticated" && box.authserv_id === undefined) complain("authserv_id", "expected the name of your mail server, because trust_from is authenticated");
  if (!box.allow_public && isAddress(box.host) && !isOwnNetwork(box.host)) complain("host", `${box.host} is not in your own network; set allow_public if that is meant`);
}
