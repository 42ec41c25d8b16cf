// Scorecards of sessions: the machine's answers, what people answered instead, and the scores of both together.
import { toRfc3339, type Answer, type QuestionKind, type Quote, type ScoreAnswer, type ScorecardView, type Undecided } from "../domain/index.ts";
import type { Db } from "../platform/index.ts";

/** A card as it is kept: names, and the machine's answers in the order of the card. */
export interface KeptCard {
  card: string;
  version: number;
  label: string;
  answers: readonly ScoreAnswer[];
}

/** What a person answered. */
export interface NewOverride {
  sessionId: string;
  card: string;
  question: string;
  answer: Answer;
  comment: string | null;
  actor: string;
  atMs: number;
}

/** A question of a session's card as it stands: the machine's answer and the person's. */
export interface StandingAnswer {
  card: string;
  version: number;
  question: string;
  text: string;
  kind: QuestionKind;
  weight: number;
  autoFail: boolean;
  machine: Pick<ScoreAnswer, "answer" | "because" | "quote" | "confidence" | "by"> | null;
  override: { answer: Answer; comment: string | null; actor: string; atMs: number } | null;
}

export interface KeptScore {
  card: string;
  version: number;
  label: string;
  score: number | null;
  coverage: number;
  autoFailed: readonly string[];
}

export interface AnswerPairRow {
  question: string;
  text: string;
  machine: Answer | null;
  person: Answer;
  n: number;
}

export interface Scores {
  /** The machine's part anew; what people answered is not touched. */
  replaceAnswers(sessionId: string, cards: readonly KeptCard[]): void;
  replaceScores(sessionId: string, scores: readonly KeptScore[]): void;
  /** card by card, in order; a person's answer to a question that the machine is no longer asked stands too */
  standing(sessionId: string): StandingAnswer[];
  labelOf(sessionId: string, card: string): string | undefined;
  override(standing: StandingAnswer, override: NewOverride): void;
  /** Takes the newest answer of a person back; the one before counts again. @returns false when there is none */
  undo(sessionId: string, card: string, question: string, by: { actor: string; atMs: number }): boolean;
  /** of one version of a card: how often the machine said this and a person that */
  pairs(card: string, version: number): AnswerPairRow[];
  viewOf(sessionId: string): ScorecardView[];
}

interface AnswerRow {
  card: string; card_version: number; question: string; text: string; kind: QuestionKind; weight: number; auto_fail: 0 | 1; answer: Answer | null; because: Undecided | null; quote: string | null; confidence: number | null; answered_by: string;
}
interface OverrideRow {
  card: string; card_version: number; question: string; text: string; kind: QuestionKind; weight: number; auto_fail: 0 | 1; answer: Answer; comment: string | null; actor: string; at_ms: number;
}

/** @param db an open, migrated database · @param nameOf words for an actor */
export function createScores(db: Db, nameOf: (actor: string) => string): Scores {
  const clear = db.prepare("DELETE FROM score_answers WHERE session_id = ?");
  const insert = db.prepare(`INSERT INTO score_answers (session_id, card, question, position, card_version, text, kind, weight, auto_fail, answer, because, quote, confidence, answered_by)
    VALUES (@sessionId, @card, @question, @position, @version, @text, @kind, @weight, @autoFail, @answer, @because, @quote, @confidence, @by)`);
  const machines = db.prepare<[string], AnswerRow>("SELECT * FROM score_answers WHERE session_id = ? ORDER BY position");
  const persons = db.prepare<[string], OverrideRow>("SELECT * FROM score_overrides WHERE session_id = ? AND undone_at_ms IS NULL ORDER BY seq");
  const override = db.prepare(`INSERT INTO score_overrides (session_id, card, card_version, question, text, kind, weight, auto_fail, answer, comment, actor, at_ms)
    VALUES (@sessionId, @card, @version, @question, @text, @kind, @weight, @autoFail, @answer, @comment, @actor, @atMs)`);
  const undo = db.prepare(`UPDATE score_overrides SET undone_at_ms = @atMs, undone_by = @actor WHERE seq = (
    SELECT max(seq) FROM score_overrides WHERE session_id = @sessionId AND card = @card AND question = @question AND undone_at_ms IS NULL)`);
  const clearScores = db.prepare("DELETE FROM scores WHERE session_id = ?");
  const insertScore = db.prepare("INSERT INTO scores (session_id, card, position, card_version, label, score, coverage, auto_failed) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  const scores = db.prepare<[string], { card: string; card_version: number; label: string; score: number | null; coverage: number; auto_failed: string }>("SELECT * FROM scores WHERE session_id = ? ORDER BY position");
  const pairs = db.prepare<[string, number], AnswerPairRow>(`SELECT o.question, max(a.text) AS text, a.answer AS machine, o.answer AS person, count(*) AS n FROM score_overrides o
    JOIN score_answers a ON a.session_id = o.session_id AND a.card = o.card AND a.question = o.question AND a.card_version = o.card_version
    WHERE o.card = ? AND o.card_version = ? AND o.undone_at_ms IS NULL
      AND o.seq = (SELECT max(seq) FROM score_overrides WHERE session_id = o.session_id AND card = o.card AND question = o.question AND undone_at_ms IS NULL)
    GROUP BY o.question, a.answer, o.answer ORDER BY min(a.position), a.answer, o.answer`);
  // said otherwise since it was judged: a person spoke of its words, or took that back, and it is not judged anew yet
  const textOf = db.prepare<[string], { text: string; isOther: 0 | 1 }>(`SELECT text, EXISTS (SELECT 1 FROM corrections c WHERE c.session_id = m.session_id AND c.message_id = m.id AND c.field = 'text'
    AND max(c.at_ms, coalesce(c.withdrawn_at_ms, 0)) >= (SELECT at_ms FROM rule_runs WHERE session_id = m.session_id)) AS isOther FROM messages m WHERE id = ?`);
  const quoteView = (quote: Quote | null) => {
    const said = quote === null ? undefined : textOf.get(quote.messageId);
    if (quote !== null && said?.isOther === 1) return { message_id: quote.messageId, from: 0, to: said.text.length, text: said.text }; // places in other words mean nothing: the whole line
    return quote === null || said === undefined ? null : { message_id: quote.messageId, from: quote.from, to: quote.to, text: said.text.slice(quote.from, quote.to) };
  };
  const standing = (sessionId: string): StandingAnswer[] => {
    const asked = new Map(machines.all(sessionId).map((row) => [`${row.card}\n${row.question}`, standingOf(row)]));
    const versions = new Map([...asked.values()].map((one) => [one.card, one.version]));
    for (const row of persons.all(sessionId)) {
      // an answer to an older version of the card is kept and does not count: the question may mean something else
      if (row.card_version !== (versions.get(row.card) ?? row.card_version)) continue;
      const key = `${row.card}\n${row.question}`;
      asked.set(key, { ...(asked.get(key) ?? { ...shared(row), machine: null }), override: { answer: row.answer, comment: row.comment, actor: row.actor, atMs: row.at_ms } });
    }
    return [...asked.values()];
  };
  return {
    replaceAnswers(sessionId, cards) {
      clear.run(sessionId);
      let position = 0;
      for (const { card, version, answers } of cards) {
        for (const { autoFail, quote, ...answer } of answers) insert.run({ ...answer, sessionId, card, version, position: position++, autoFail: autoFail ? 1 : 0, quote: quote === null ? null : JSON.stringify(quote) });
      }
    },
    replaceScores(sessionId, list) {
      clearScores.run(sessionId);
      for (const [at, one] of list.entries()) insertScore.run(sessionId, one.card, at, one.version, one.label, one.score, one.coverage, JSON.stringify(one.autoFailed));
    },
    standing,
    labelOf: (sessionId, card) => scores.all(sessionId).find((one) => one.card === card)?.label,
    override: ({ version, text, kind, weight, autoFail }, row) => void override.run({ ...row, version, text, kind, weight, autoFail: autoFail ? 1 : 0 }),
    undo: (sessionId, card, question, by) => undo.run({ sessionId, card, question, ...by }).changes === 1,
    pairs: (card, version) => pairs.all(card, version),
    viewOf(sessionId) {
      const all = standing(sessionId);
      return scores.all(sessionId).map((row) => ({
        card: row.card, label: row.label, version: row.card_version, score: row.score, coverage: row.coverage, auto_failed: JSON.parse(row.auto_failed) as string[],
        answers: all.filter((one) => one.card === row.card).map(({ question, text, kind, weight, autoFail, machine, override: by }) => ({
          question, text, kind, weight, auto_fail: autoFail, answer: by?.answer ?? machine?.answer ?? null,
          machine: machine && { ...machine, quote: quoteView(machine.quote) },
          override: by && { answer: by.answer, comment: by.comment, by: by.actor, by_name: nameOf(by.actor), at: toRfc3339(by.atMs) },
        })),
      }));
    },
  };
}

function shared(row: Pick<AnswerRow, "card" | "card_version" | "question" | "text" | "kind" | "weight" | "auto_fail">): Pick<StandingAnswer, "card" | "version" | "question" | "text" | "kind" | "weight" | "autoFail"> {
  return { card: row.card, version: row.card_version, question: row.question, text: row.text, kind: row.kind, weight: row.weight, autoFail: row.auto_fail === 1 };
}

function standingOf(row: AnswerRow): StandingAnswer {
  const machine = { answer: row.answer, because: row.because, quote: row.quote === null ? null : (JSON.parse(row.quote) as Quote), confidence: row.confidence, by: row.answered_by };
  return { ...shared(row), machine, override: null };
}
