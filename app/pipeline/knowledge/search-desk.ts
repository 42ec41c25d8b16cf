// Search over every message: steps of the index are put together, ranked, and stopped when there is enough or the time is up.
import { setImmediate } from "node:timers/promises";
import { fuse, rankTexts, snippetOf } from "../../analysis/index.ts";
import { AppError, toRfc3339 } from "../../domain/index.ts";
import { parseSearch, readCursor, writeCursor, type Candidate, type PageRequest, type SearchFilter, type SearchQuery } from "../../store/index.ts";
import type { SearchDesk } from "./knowledge-types.ts";
import type { Meaning } from "./meaning.ts";
import type { Parts } from "../parts.ts";

/** Hits that are ranked against each other; more of them, older ones, follow on later pages. */
const POOL = 400;
/** After this the answer says how far it came. Leaves a quarter of the 200 ms that a page may take for ranking and reading. */
const BUDGET_MS = 150;
/** Numbers of messages that a step covers: as many as are looked through in some 10 ms, which depends on what is looked for. */
const FIRST_WIDTH = 10_000;
const STEP_MS = 10;
const WIDEST = 1_000_000;
/** How rare a beginning is, roughly: counting would cost as much as the search, since all its words are collected first. */
const SHARE_OF_BEGINNING = 0.02;
/** Nearest messages that take part. */
const BY_MEANING = 100;

/** A stretch of the messages, [lowest, below), and how much of its ranked hits was shown. */
interface Window {
  below: number;
  lowest: number;
  shown: number;
}

export function createSearchDesk(parts: Pick<Parts, "store" | "clock">, meaning: Meaning<string> | undefined): SearchDesk {
  const reads = parts.store.reads.search;

  async function collect({ match }: SearchQuery, filter: SearchFilter, window: Pick<Window, "below" | "lowest">, budgetMs: number, signal?: AbortSignal): Promise<{ pool: Candidate[]; lowest: number }> {
    const began = performance.now();
    const pool: Candidate[] = [];
    let { below } = window;
    for (let width = FIRST_WIDTH; below > window.lowest && pool.length < POOL; ) {
      const stepBegan = performance.now();
      const { found, nextBelow } = reads.step({ match, filter, below, lowest: window.lowest, width, count: POOL - pool.length });
      pool.push(...found);
      below = nextBelow;
      const now = performance.now();
      if (now - began > budgetMs) break;
      // The time of the last step tells about the next one; at most twice as wide, because words are not spread evenly.
      width = Math.min(WIDEST, Math.max(1_000, Math.round(width * Math.min(2, STEP_MS / Math.max(1, now - stepBegan)))));
      await setImmediate();
      signal?.throwIfAborted();
    }
    return { pool, lowest: Math.max(below, window.lowest) };
  }

  /** the best first */
  const ranked = ({ terms }: SearchQuery, pool: readonly Candidate[]): readonly Pick<Candidate, "seq">[] => rankTexts(terms, terms.map((term) => (term.isBeginning ? SHARE_OF_BEGINNING : reads.share(term.match))), pool, parts.clock.now());

  return {
    async messages(text, filter, page, signal) {
      const query = parseSearch(text);
      if (query === undefined) throw nothingToLookFor();
      const cursor = readWindow(page);
      const end = cursor?.below ?? reads.endSeq();
      const { pool, lowest } = await collect(query, filter, { below: end, lowest: cursor?.lowest ?? 0 }, cursor === undefined || cursor.shown === 0 ? BUDGET_MS : Infinity, signal);
      const near = page.order === "newest" ? undefined : await meaning?.nearest(text, BY_MEANING, signal);
      const byWords = page.order === "newest" ? pool : ranked(query, pool);
      const byMeaning = near === undefined ? [] : reads.passing(near.map((one) => one.id), filter, lowest, end);
      const inOrder = byMeaning.length === 0 ? byWords.map((one) => one.seq) : fuse([byWords.map((one) => one.seq), byMeaning.map((one) => one.seq)]).map((one) => one.id);
      const shown = cursor?.shown ?? 0;
      const items = reads.messages(inOrder.slice(shown, shown + page.limit)).map((hit) => ({ ...hit, snippet: snippetOf(hit.message.text, query.terms) }));
      const next = nextWindow({ below: end, lowest, shown: shown + page.limit }, inOrder.length);
      const oldest = pool.at(-1);
      return {
        items,
        next: next === undefined ? null : writeWindow(next),
        by: near === undefined ? "words" : "words+meaning",
        coverage: { all: lowest === 0, back_to: lowest === 0 || oldest === undefined ? null : toRfc3339(oldest.atMs) },
      };
    },
  };
}

/** First the rest of this stretch, then the older ones. */
function nextWindow(window: Window, ranked: number): Window | undefined {
  if (window.shown < ranked) return window;
  return window.lowest === 0 ? undefined : { below: window.lowest, lowest: 0, shown: 0 };
}

function writeWindow({ below, lowest, shown }: Window): string {
  return writeCursor({ at: below, id: `${lowest}-${shown}` });
}

function readWindow(page: PageRequest): Window | undefined {
  const cursor = readCursor(page);
  if (cursor === undefined) return undefined;
  const [, lowest, shown] = /^(\d{1,15})-(\d{1,9})$/.exec(cursor.id) ?? [];
  if (lowest === undefined || !Number.isSafeInteger(cursor.at) || cursor.at < 0) throw wrong("cursor", "expected the value of `next`");
  return { below: cursor.at, lowest: Number(lowest), shown: Number(shown) };
}

function nothingToLookFor(): AppError {
  return wrong("q", 'expected at least one word that must be there, e.g. refund -"gift card" deliv*');
}

function wrong(path: string, message: string): AppError {
  return new AppError("REQUEST_INVALID", `${path}: ${message}`, { details: { problems: [{ path, message }] } });
}
