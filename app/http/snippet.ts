// A found snippet: the store marks hits with U+0001…U+0002; the API gives plain text and where the hits stand. Pure.

/** @returns text without marks, and [start, end) of each hit in UTF-16 units; unbalanced marks are dropped */
export function readSnippet(marked: string): { snippet: string; matches: [number, number][] } {
  let snippet = "";
  let startedAt: number | undefined;
  const matches: [number, number][] = [];
  // eslint-disable-next-line no-control-regex
  for (const piece of marked.split(/([\u0001\u0002])/u)) {
    if (piece === "\u0001") startedAt = snippet.length;
    else if (piece === "\u0002") {
      if (startedAt !== undefined && snippet.length > startedAt) matches.push([startedAt, snippet.length]);
      startedAt = undefined;
    } else snippet += piece;
  }
  return { snippet, matches };
}
