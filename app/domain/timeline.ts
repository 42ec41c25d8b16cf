// The thread of a customer as people read it: one entry a call or message, in time order, whatever the channel.
import type { ActionItem, Outcome, Sentiment, SummaryPoint } from "./analysis.ts";
import type { CallStatus, Direction, Speaker } from "./glossary.ts";

/** A line of a call. Times are integer milliseconds from the start of the recording. */
export interface TimelineTurn {
  id: string;
  speaker: Speaker;
  /** which of two voices of one channel, 1 or 2 */
  voice?: number;
  startMs: number;
  endMs: number;
  text: string;
  /** 0…1; null when the engine gave none */
  confidence: number | null;
}

/** A stretch of a call's lines, and how many are left out on either side. */
export interface TurnStretch {
  turns: TimelineTurn[];
  before: number;
  after: number;
}

/** A call: a card that opens into its lines. */
export interface TimelineCall {
  kind: "call";
  /** id of the session */
  id: string;
  conversationId: string | null;
  /** RFC 3339 */
  at: string;
  callId: string;
  source: string;
  status: CallStatus;
  /** why it could not be heard */
  problem: string | null;
  direction: Direction;
  agent: { id: string | null; name: string | null } | null;
  queue: string | null;
  durationMs: number | null;
  /** there is a redacted recording to listen to */
  hasSound: boolean;
  turnCount: number;
  /** null before it was analysed */
  found: { summary: string; topic: string | null; outcome: Outcome; points: SummaryPoint[]; actionItems: ActionItem[]; mood: Sentiment; agentShare: number | null } | null;
}

/** A file that came with a message. */
export interface TimelineFile {
  id: string;
  role: string;
  name: string | null;
  mediaType: string | null;
  sizeBytes: number | null;
  state: string;
  /** why it could not be fetched or read */
  problem: string | null;
}

/** What was read out of a file: a page, a picture's description, the words of a recording; `text` is the beginning. */
export interface ReadPart {
  id: string;
  kind: string;
  text: string;
  isCut: boolean;
  page: number | null;
}

/** Something written, whatever the channel. */
export interface TimelineMessage {
  kind: "message";
  id: string;
  sessionId: string;
  conversationId: string | null;
  at: string;
  channel: string;
  speaker: Speaker;
  /** kind of the message: text, voice_note, document, … */
  what: string;
  text: string;
  isCut: boolean;
  /** of a voice note */
  durationMs: number | null;
  /** what became of one that went out */
  status: string | null;
  agent: { id: string | null; name: string | null } | null;
  subject: string | null;
  files: TimelineFile[];
  read: ReadPart[];
  /** parts that were read in all */
  readCount: number;
}

export type TimelineEntry = TimelineCall | TimelineMessage;

/** Where a claim is proven. */
export interface ProvenAt {
  id: string;
  /** the entry that it stands in: a session of a call, else the message itself or the one whose file it was read from */
  entryId: string;
  at: string;
  /** place in the recording; null for what was written */
  startMs: number | null;
  channel: string;
}

/** An address of a customer, with how and when it came. */
export interface KnownAddress {
  kind: string;
  value: string;
  firstSeenAt: string;
  lastSeenAt: string;
  /** channel of the contact that brought it; null when a person or the CRM said so */
  channel: string | null;
  /** it was filed under another customer first, who was merged into this one */
  isMerged: boolean;
  /** typed by a visitor: suggests, proves nothing */
  isClaim: boolean;
}

/** A conversation as lists and headings show it. */
export interface MatterView {
  id: string;
  status: string;
  topic: string | null;
  reason: string | null;
  owner: string | null;
  queue: string | null;
  updated_at: string;
  resolved_at: string | null;
}
