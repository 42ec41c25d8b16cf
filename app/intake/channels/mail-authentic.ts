// Whether a mail is really from whom it says: what the site's own server found, RFC 8601. Pure.
import type { Mail } from "./mail-shape.ts";

/**
 * `pass`: DMARC passed, or SPF or DKIM passed for the domain of the From line · `fail`: DMARC failed · `unknown`: the server says nothing of use.
 * @param authservId how the site's server calls itself; lines of others, which anybody can write, are not looked at
 */
export function authenticityOf(mail: Mail, authservId: string | undefined): "pass" | "fail" | "unknown" {
  const domain = mail.from[0]?.address.split("@").at(-1);
  if (authservId === undefined || domain === undefined) return "unknown";
  const results = ownResults(mail, authservId).flatMap((value) => value.split(";").slice(1)).map((one) => one.trim().toLowerCase());
  const verdicts = results.map((result) => ({ method: /^(dmarc|spf|dkim)\s*=\s*([a-z]+)/.exec(result), result }));
  const dmarc = verdicts.filter(({ method }) => method?.[1] === "dmarc").map(({ method }) => method?.[2]);
  if (dmarc.length > 0) return dmarc[0] === "pass" ? "pass" : dmarc[0] === "fail" ? "fail" : "unknown";
  return verdicts.some(({ method, result }) => method?.[2] === "pass" && isAligned(result, domain)) ? "pass" : "unknown";
}

/** The lines that the server added together, at the top: what stands below the next Received line came with the mail and may be forged. */
function ownResults(mail: Mail, authservId: string): string[] {
  const isOwn = ([name, value]: readonly [string, string]): boolean => name === "authentication-results" && (/^[^\s;]+/.exec(value)?.[0] ?? "").toLowerCase() === authservId.toLowerCase();
  const start = mail.headers.findIndex(isOwn);
  if (start === -1) return [];
  const end = mail.headers.findIndex(([name], i) => i > start && !/^(authentication-results|arc-.*|received-spf|dkim-signature|x-.*)$/.test(name));
  return mail.headers.slice(start, end === -1 ? undefined : end).filter(isOwn).map(([, value]) => value.replace(/\([^()]{0,500}\)/g, " "));
}

/** The domain that SPF or DKIM spoke of is the sender's, or above or below it. */
function isAligned(result: string, domain: string): boolean {
  const named = /\b(?:smtp\.mailfrom|header\.d|header\.i|header\.from)\s*=\s*"?(?:[^\s"@]*@)?([a-z0-9.-]+)/.exec(result)?.[1];
  return named !== undefined && named.includes(".") && (named === domain || named.endsWith(`.${domain}`) || domain.endsWith(`.${named}`));
}
