// The parts of a call's view-model that most tests of pages do not look at.
import type { CallPageView } from "../../app/ui/index.ts";

/** Nothing measured, nothing corrected, no other contact; the asker may correct. */
export const NOTHING_MORE = {
  sound: null,
  mending: { canCorrect: true, editing: null, reasons: [], report: { items: [], next: null, word_errors: { lines: 0, words: 0, errors: 0, rate: null }, judged_anew_at: null, judging_stopped: null } },
  beside: { before: null, after: null },
  agreement: {},
} satisfies Partial<CallPageView>;
