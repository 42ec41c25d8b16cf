// The words of the house as types: one word per thing, the same in code, tables, logs, API and UI.
//
// recording   an audio file                      call      a finished telephone conversation
// session     one contact on one channel         message   one row of the thread
// turn        a message with start and end       speaker   who said it
// customer    a person or firm                   identity  one address of a customer
// thread      all messages of a customer         conversation  all sessions about one matter
// analysis    versioned findings                 evidence  ids of the messages that prove a finding
// stage       one step of the pipeline           job       one stage for one item
// lane        what a job needs                   outbox    results waiting to leave
// ledger      per call: each stage, when, how, why not

export const SPEAKERS = ["agent", "customer", "bot", "system", "unknown"] as const;
export type Speaker = (typeof SPEAKERS)[number];

/** Where the speaker of a turn is known from: its own audio channel, a separation of voices, or not at all. */
export const SPEAKER_SOURCES = ["channel", "diarised", "none"] as const;
export type SpeakerSource = (typeof SPEAKER_SOURCES)[number];

export const DIRECTIONS = ["inbound", "outbound", "internal", "unknown"] as const;
export type Direction = (typeof DIRECTIONS)[number];

/** `received` known, not yet begun · `processing` a stage is queued or running · `held` not processed on purpose (consent, or waiting for its recording). */
export const CALL_STATUSES = ["received", "processing", "done", "failed", "held"] as const;
export type CallStatus = (typeof CALL_STATUSES)[number];

/** Who is on which channel of the recording: channel index as text → party. */
export type Party = "agent" | "customer";
export type ChannelMap = { "0": Party; "1": Party };

/** What a job needs most: processor, the one resident model, or the network. */
export const LANES = ["cpu", "model", "net"] as const;
export type Lane = (typeof LANES)[number];

/** The steps of the main job, in order. `notify` is the arrival itself; it has a ledger row and no job. */
export const STAGES = ["notify", "fetch", "prepare", "transcribe", "redact", "analyse", "judge", "summarise", "collect", "read", "hear", "deliver"] as const;
export type Stage = (typeof STAGES)[number];

export const ROLES = ["admin", "supervisor", "analyst", "agent", "intake"] as const;
/** `intake` may only bring calls in; `agent` sees own calls; `analyst` reads; `supervisor` reads and retries; `admin` everything. */
export type Role = (typeof ROLES)[number];
