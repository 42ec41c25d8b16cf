// What the page of a customer is drawn from. Types only, and the tools that its parts share.
import type { ConsentReport, ContextView, FormView, KnownAddress, MatterView, ProvenAt, Snippet, TimelineEntry, TurnStretch } from "../../domain/index.ts";
import type { Html } from "../frame/html.ts";
import type { Frame } from "../frame/layout.ts";
import type { Times } from "../frame/times.ts";

/** The conversation that was chosen, with everything that is known of it. */
export interface MatterDetail extends MatterView {
  summary: string | null;
  summary_points: readonly { text: string; evidence: string[] }[];
  crm_link: string | null;
  sessions: readonly { id: string; channel: string; started_at: string; agent: string | null; outcome: string | null; summary: string | null }[];
  /** by: as people say it */
  activities: readonly { at: string; by: string; field: string; value: string | null }[];
  references: readonly { kind: string; value: string }[];
}

/** Something to do, from an open conversation. */
export interface TodoItem {
  text: string;
  owner: "agent" | "customer";
  /** `YYYY-MM-DD`, in the site's zone */
  due: string | null;
  evidence: string[];
}

/** A form with what it is for, and what to ask for each field. */
export interface FormCard extends FormView {
  /** field → the question that asks for it */
  questions: Readonly<Record<string, string>>;
}

export interface MergeRow {
  merge_id: string;
  kind: "merge" | "split";
  /** the other one of the two, seen from this page */
  other: string;
  otherName: string | null;
  /** this page's customer was taken into, or out of, the other one */
  isPassive: boolean;
  by: string | null;
  reason: string;
  at: string;
  undone_at: string | null;
}

export interface DuplicateRow {
  id: string;
  name: string | null;
  address: string | null;
  reason: string;
}

/** A message that was found in the thread. */
export interface FoundRow {
  id: string;
  channel: string;
  speaker: string;
  at: string;
  snippet: Snippet;
}

/** What was just done here, for the notice on top. */
export type Note = { kind: "merge"; row: MergeRow } | { kind: "changed"; words: string };

export interface ThreadView {
  frame: Frame;
  customer: { id: string; name: string | null; firstContactAt: string };
  /** false: only contacts that the asker led; nothing beside the timeline */
  isWhole: boolean;
  /** may merge, link, decide; whoever sees only some agents' contacts may not */
  canChange: boolean;
  /** conversations that may be changed and moved into; whoever is bound to agents changes what is theirs alone */
  changeable: ReadonlySet<string>;
  note: Note | null;
  addresses: readonly KnownAddress[];
  channels: readonly string[];
  shown: { channel: string | null; q: string | null; date: string | null; around: string | null };
  entries: readonly TimelineEntry[];
  /** lines of calls that are on the page */
  turns: ReadonlyMap<string, TurnStretch>;
  /** ids of entries that stand open */
  open: readonly string[];
  /** addresses of what lies on either side, and of the newest stretch; null where nothing does */
  earlier: string | null;
  later: string | null;
  newest: string | null;
  found: { rows: readonly FoundRow[]; next: string | null } | null;
  /** conversations by id, for the headings */
  names: ReadonlyMap<string, MatterView>;
  matters: { rows: readonly MatterView[]; next: string | null };
  matter: MatterDetail | null;
  next: ContextView | null;
  todo: readonly TodoItem[];
  forms: readonly FormCard[];
  consent: ConsentReport | null;
  merges: readonly MergeRow[];
  duplicates: readonly DuplicateRow[];
  proofs: ReadonlyMap<string, ProvenAt>;
}

/** What every part of the page needs. */
export interface Tools {
  view: ThreadView;
  times: Times;
  /** leads to the messages that prove a claim; nothing where none is known */
  proof: (ids: readonly string[]) => Html;
  /** address of this customer's page, with a query */
  address: (query: Readonly<Record<string, string | null | undefined>>) => string;
}
