// A mail as every way in produces it, before anybody asks what it means: header lines, addresses, texts and parts.

/** One mailbox of an address line; both as written, without control characters. */
export interface MailAddress {
  /** in lower case; "" for a group without members */
  address: string;
  name: string;
}

/** An attached file. */
export interface MailPart {
  /** as the sender named it */
  name?: string;
  mediaType: string;
  /** Content-ID without brackets: texts refer to it as `cid:…` */
  cid?: string;
  /** sits beside an HTML text that shows it */
  isRelated: boolean;
  content: Buffer;
}

export interface Mail {
  /** every header line in the order of the mail: name in lower case, value unfolded and not decoded */
  headers: readonly (readonly [name: string, value: string])[];
  from: readonly MailAddress[];
  replyTo: readonly MailAddress[];
  to: readonly MailAddress[];
  cc: readonly MailAddress[];
  bcc: readonly MailAddress[];
  /** decoded */
  subject: string;
  /** plain text, or what became of the HTML when there is none */
  text: string;
  /** the new part of the text, when somebody else has already cut it */
  newText?: string;
  /** only asked for the pictures that it shows */
  html: string;
  parts: readonly MailPart[];
  /** parts that were left out because there were too many */
  partsDropped: number;
}

/** The first value of a header line, unfolded; undefined when the mail has none. @param name in lower case */
export function headerOf(mail: Pick<Mail, "headers">, name: string): string | undefined {
  return mail.headers.find(([key]) => key === name)?.[1];
}

/** Text of a sender as one line: control characters become spaces, the length is bounded. */
export function oneLine(text: string, maxLength: number): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " ").trim().slice(0, maxLength).trim();
}
