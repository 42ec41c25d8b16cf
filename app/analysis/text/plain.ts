// What was said as patterns look at it. Pure.

/** Small letters and single spaces; only letters, digits and apostrophes are left. A space may stand at either end. */
export function plain(text: string): string {
  return text.toLowerCase().replaceAll("’", "'").replace(/[^\p{L}\p{N}' ]+/gu, " ").replace(/\s+/g, " ");
}
