// What the web server may ask about rules and scorecards, and what people may answer instead of the machine.
import type { Agreement } from "../../analysis/index.ts";
import type { Answer, QualityView, QuestionKind, Severity } from "../../domain/index.ts";
import type { By } from "../threads/desk-types.ts";

/** A rule of the site and how often it matched in a period. */
export interface RuleView {
  rule: string;
  label: string;
  category: boolean;
  alert: { severity: Severity; webhook: string | null } | null;
  matched: number;
  not_measurable: number;
  alerts: number;
}

/** A scorecard of the site, as it is asked. */
export interface ScorecardDefinition {
  card: string;
  label: string;
  version: number;
  questions: { question: string; text: string; kind: QuestionKind; weight: number; auto_fail: boolean; asks_model: boolean }[];
}

export interface SessionQuality extends QualityView {
  session_id: string;
  channel: string;
  call_id: string | null;
  agent: { id: string | null; name: string | null };
}

export interface CardAgreement {
  card: string;
  version: number;
  items: ({ question: string; text: string } & Agreement)[];
}

export interface AnswerChange {
  answer: Answer;
  comment: string | null;
}

export interface QualityDesk {
  /** in the order of the file. `hash` changes with the file */
  rules(period: { fromMs: number; toMs: number }): { hash: string; items: RuleView[] };
  scorecards(): { hash: string; items: ScorecardDefinition[] };
  /** @throws AppError NOT_FOUND */
  ofSession(sessionId: string): SessionQuality;
  /** A person's answer counts from now on, whatever is analysed again. @throws AppError NOT_FOUND, REQUEST_INVALID when it does not fit the question */
  answer(sessionId: string, card: string, question: string, change: AnswerChange, by: By): Promise<SessionQuality>;
  /** The person's newest answer is taken back; the one before, or the machine's, counts again. @throws AppError NOT_FOUND, CONFLICT when there is none */
  takeBack(sessionId: string, card: string, question: string, by: By): Promise<SessionQuality>;
  /** @param version the card's present one when absent @throws AppError NOT_FOUND */
  agreement(card: string, version?: number): CardAgreement;
}
