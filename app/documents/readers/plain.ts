// Text in the encodings that people send: UTF-8, UTF-16 with or without a mark, and Latin-1 when it is neither. Pure.

/** More than one character in this many that no text has means that it is no text. */
const ODD_CHARACTERS = 200;

/** @returns the text without its byte order mark; undefined when the bytes are no text in any of these encodings */
export function decodeText(bytes: Uint8Array): string | undefined {
  const [first, second, third] = bytes;
  if (first === 0xff && second === 0xfe) return decode("utf-16le", bytes.subarray(2));
  if (first === 0xfe && second === 0xff) return decode("utf-16be", bytes.subarray(2));
  if (first === 0xef && second === 0xbb && third === 0xbf) return decode("utf-8", bytes.subarray(3));
  const zeros = zerosIn(bytes.subarray(0, 4096));
  if (zeros.odd + zeros.even > 0) {
    // every second byte of Latin text in UTF-16 is zero
    if (zeros.odd > 4 * zeros.even) return textOrNothing(decode("utf-16le", bytes));
    if (zeros.even > 4 * zeros.odd) return textOrNothing(decode("utf-16be", bytes));
    return undefined;
  }
  // the end of what was looked at may cut a character in two
  const utf8 = strictUtf8(bytes) ?? strictUtf8(bytes.subarray(0, Math.max(0, bytes.length - 3)));
  return textOrNothing(utf8 ?? decodeWindows(bytes));
}

function decode(encoding: string, bytes: Uint8Array): string {
  return new TextDecoder(encoding).decode(bytes);
}

/** Windows-1252, the Latin-1 of practice. Node 20 decodes it as the Latin-1 of the standard, which has control characters instead of these. */
const WINDOWS = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ";

function decodeWindows(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1").replace(/[\u0080-\u009f]/g, (one) => WINDOWS[one.charCodeAt(0) - 0x80] ?? one);
}

function strictUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
  } catch {
    return undefined;
  }
}

function textOrNothing(text: string): string | undefined {
  // eslint-disable-next-line no-control-regex
  const odd = text.match(/[\u0000-\u0008\u000e-\u001a\u001c-\u001f\u007f-\u009f\ufffd]/g)?.length ?? 0;
  return odd * ODD_CHARACTERS > text.length ? undefined : text;
}

function zerosIn(bytes: Uint8Array): { even: number; odd: number } {
  const zeros = { even: 0, odd: 0 };
  bytes.forEach((byte, i) => {
    if (byte === 0) zeros[i % 2 === 0 ? "even" : "odd"]++;
  });
  return zeros;
}
