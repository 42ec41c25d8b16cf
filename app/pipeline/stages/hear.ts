// hear: a voice note becomes words in the way that a call does, redaction of words and sound included.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { AppError, type SpokenTurn } from "../../domain/index.ts";
import { inspectRecording, prepareRecording, renderPlayback, type Inspection, type MuteSpan, type Preparation } from "../../media/index.ts";
import { ensureFolder } from "../../platform/index.ts";
import type { CarrierRow } from "../../store/index.ts";
import type { Parts } from "../parts.ts";
import type { AttachmentInput, AttachmentStage, StageResult } from "../stage.ts";
import { summariseLater } from "../threads/summarise-later.ts";
import { foldLater } from "../workflows/fold-forms.ts";
import { hearChannels, redactSpoken } from "./transcribe.ts";

export const hear: AttachmentStage = {
  name: "hear",
  subject: "attachment",
  lane: "model",
  next: null,
  waiting: "A voice note is waiting for the speech model",
  async run(input, parts, signal) {
    const folder = await ensureFolder(join(parts.spool, input.attachment.id));
    try {
      return await hearIn(folder, input, parts, signal);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

async function hearIn(folder: string, input: AttachmentInput, parts: Parts, signal: AbortSignal): Promise<StageResult> {
  const { attachment, message, session } = input;
  const { inspection, prepared } = await decode(folder, input, parts, signal);
  const seconds = Math.round(prepared.audio.durationMs / 1000);
  if (prepared.channels.every((channel) => channel.speech.length === 0)) return resultOf(input, parts, { turns: [], prepared, file: attachment.file, facts: {}, detail: `Nobody speaks in these ${seconds} s` });

  const { heard, identity } = await hearChannels({ channels: prepared.channels, speakers: { 0: message.speaker, 1: message.speaker }, language: session.language ?? parts.config.speech.language, signal }, parts);
  const redacted = redactSpoken(heard.turns, parts);
  const keys = parts.config.privacy.redact.includes("payment_card") ? (prepared.audio.keyTones ?? []) : [];
  const mute = [...redacted.mute, ...keys].map((span): MuteSpan => ({ ...span, channel: "both" }));
  const file = mute.length === 0 ? attachment.file : await blankSound(inspection, prepared, mute, folder, parts, signal);
  const secrets = redacted.found.reduce((sum, one) => sum + one.count, 0) + keys.length;
  return resultOf(input, parts, {
    turns: redacted.turns,
    prepared,
    file,
    facts: { engine: identity.engine, model: identity.model, ...(heard.language === undefined ? {} : { language: heard.language }), redactions: redacted.found },
    detail: `${seconds} s, ${redacted.turns.length} turns${secrets === 0 ? "" : `; ${secrets} secrets taken out of words and sound`}`,
  });
}

async function decode(folder: string, { attachment }: AttachmentInput, parts: Parts, signal: AbortSignal): Promise<{ inspection: Inspection; prepared: Preparation }> {
  if (attachment.file === null) throw new AppError("RECORDING_MISSING", "The sound of this message has not arrived");
  const { max_recording_hours: hours, max_recording_mb: mb } = parts.config.intake;
  const inspection = await inspectRecording({
    path: parts.vault.pathOf(attachment.file), originalName: attachment.file, folder, maxDurationMs: hours * 3_600_000, maxBytes: mb * 1_048_576, isSettled: true, tools: parts.media, signal,
  });
  return { inspection, prepared: await prepareRecording({ inspection, folder, tools: parts.media, detector: parts.detector, signal }) };
}

/** What was blanked must not survive beside its blanked copy: the copy becomes the file. @returns its name in the vault */
async function blankSound(inspection: Inspection, { audio }: Preparation, mute: readonly MuteSpan[], folder: string, parts: Parts, signal: AbortSignal): Promise<string> {
  const { file, path } = await parts.vault.newRenditionPath();
  await renderPlayback({ inspection, layout: audio.layout, mute, target: path, folder, tools: parts.media, signal });
  return file;
}

interface HeardNote {
  turns: readonly Omit<SpokenTurn, "words">[];
  prepared: Preparation;
  /** what is kept of the sound */
  file: string | null;
  facts: Record<string, unknown>;
  detail: string;
}

function resultOf({ attachment, message }: AttachmentInput, parts: Parts, { turns, prepared, file, facts, detail }: HeardNote): StageResult {
  const text = [...turns].sort((a, b) => a.startMs - b.startMs).map((turn) => turn.text).join(" ");
  const { durationMs } = prepared.audio;
  return {
    save() {
      const { attachments } = parts.store.writes;
      const carrier = attachments.carrierOf(attachment) ?? message; // it may have moved to another session meanwhile
      if (isItself(carrier, attachment.position)) attachments.setHeard(carrier.id, text, durationMs, confidenceOf(turns));
      else attachments.replaceRead(attachment, carrier, text === "" ? [] : [{ kind: attachment.role === "voice_note" ? "voice_note" : "audio", text, heard: { endMs: durationMs, confidence: confidenceOf(turns) } }], parts.clock.now());
      foldLater(carrier.session_id, parts);
      attachments.setRead(attachment.id, file, { kind: "audio", duration_ms: durationMs, ...facts });
      if (text !== "") summariseLater({ id: carrier.session_id }, { channel: carrier.channel, atMs: carrier.at_ms }, parts);
      parts.meters.audioHeard(durationMs / 1000);
    },
    detail,
    afterCommit: async () => {
      if (attachment.file !== null && attachment.file !== file) await parts.vault.remove(attachment.file);
    },
  };
}

/** A voice note is its words. Sound that came with a written message (a mail, a chat with a caption) has words of its own beside it. */
function isItself({ kind, text, start_ms: heardFrom }: CarrierRow, position: number): boolean {
  return position === 0 && (kind === "voice_note" || kind === "audio") && (text === "" || heardFrom !== null);
}

/** By length, as that of turns is; undefined when no turn has one. */
function confidenceOf(turns: readonly Omit<SpokenTurn, "words">[]): number | undefined {
  const sure = turns.filter((turn) => turn.confidence !== undefined && turn.text.length > 0);
  const length = sure.reduce((sum, turn) => sum + turn.text.length, 0);
  return length === 0 ? undefined : sure.reduce((sum, turn) => sum + (turn.confidence ?? 0) * turn.text.length, 0) / length;
}
