// The name of a downloaded recording, for people and for its extension. Hostile text; never a path. Pure.

/**
 * @param url         address it came from
 * @param disposition `Content-Disposition` header: `filename*` before `filename`
 * @returns the last part of the name, printable, 1–200 characters; `recording` when there is none
 */
export function fileNameOf(url: string, disposition: string | undefined): string {
  const extended = /filename\*\s*=\s*(?:utf-8|iso-8859-1)'[^']*'([^;]+)/i.exec(disposition ?? "")?.[1];
  const plain = /filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]+))/i.exec(disposition ?? "");
  const fromHeader = extended === undefined ? (plain?.[1]?.replace(/\\(.)/g, "$1") ?? plain?.[2]) : unescape(extended.trim());
  return clean(fromHeader ?? "") ?? clean(unescape(new URL(url).pathname)) ?? "recording";
}

function clean(text: string): string | undefined {
  // eslint-disable-next-line no-control-regex
  const name = (text.split(/[/\\]/).at(-1) ?? "").replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, "").trim();
  if (name === "" || name === "." || name === "..") return undefined;
  return name.length <= 200 ? name : name.slice(0, 150) + name.slice(-50); // the extension stays
}

function unescape(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
