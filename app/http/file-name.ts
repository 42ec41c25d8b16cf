// The name under which a browser saves an answer (RFC 6266). Pure.

/**
 * @param disposition `inline` plays, `attachment` saves
 * @param name        any text; it becomes a plain ASCII name and, where that loses something, a UTF-8 one beside it (RFC 8187)
 */
export function contentDisposition(disposition: "inline" | "attachment", name: string): string {
  const safe = [...name.replace(/[\p{C}"\\/:*?<>|%;]/gu, "_")].slice(0, 150).join("") || "file"; // by characters: half a surrogate pair cannot be encoded
  const ascii = safe.replace(/[^\x20-\x7e]/g, "_");
  const encoded = encodeURIComponent(safe).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  return `${disposition}; filename="${ascii}"${ascii === safe ? "" : `; filename*=UTF-8''${encoded}`}`;
}
