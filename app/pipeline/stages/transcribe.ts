// transcribe: the words, and in the same breath their redaction. Nothing unredacted outlives this function.
import { access, rm } from "node:fs/promises";
import { AppError, newId, type ChannelAudio, type Span, type Speaker, type SpeakerSource, type SpokenTurn, type Turn, type VoiceRoles } from "../../domain/index.ts";
import { decideRoles } from "../../analysis/index.ts";
import { renderPlayback, type MuteSpan } from "../../media/index.ts";
import { redactTurns, scanForCards, type RedactionResult } from "../../privacy/index.ts";
import { transcribeCall, type SpeechIdentity, type TranscribeInput, type Transcription } from "../../speech/index.ts";
import { audioOf, channelMapOf, separationOf, speechOf, type RecordingRow, type SessionRow } from "../../store/index.ts";
import { permittedTurns } from "../consent-record.ts";
import { keepTurnWords } from "../corrections/keep-corrections.ts";
import type { Parts } from "../parts.ts";
import type { CallStage, StageInput, StageResult } from "../stage.ts";
import { fileCall } from "../threads/file-call.ts";
import { settleLegs } from "./legs.ts";
import { channelFile, decode, inspect, spoolFolder } from "./prepare.ts";

export const transcribe: CallStage = {
  name: "transcribe",
  subject: "call",
  lane: "model",
  next: "analyse",
  waiting: "The call is waiting for the speech model",
  async run(input, parts, signal) {
    const { session, recording } = input;
    const channels = await channelsOf(session, recording, parts, signal);
    const speakers = speakersOf(recording);
    const separation = separationOf(recording);
    const language = session.language ?? parts.config.speech.language;
    const { heard, identity } = await hearChannels({ channels, speakers, language, signal, ...(separation?.source === "diarised" ? { voices: separation.voices } : {}) }, parts);
    parts.checkpoint("transcribe.heard");
    const redactStartedAt = parts.clock.now();
    const redacted = redactSpoken(heard.turns, parts);
    const keys = keysToMute(recording, parts);
    const mute = [...redacted.mute, ...keys].map((span): MuteSpan => ({ ...span, channel: "both" }));
    const blankedFile = mute.length === 0 ? undefined : await blankSound(session, recording, mute, parts, signal);
    return resultOf(input, parts, { heard, identity, redacted, keys: keys.length, mutedMs: mute.reduce((sum, span) => sum + span.endMs - span.startMs, 0), blankedFile, redactMs: parts.clock.now() - redactStartedAt, speakerSource: speakers[0] !== "unknown" ? "channel" : (separation?.source ?? "none") });
  },
};

/** One call is heard by one engine, whatever model is chosen meanwhile. */
export async function hearChannels(call: Pick<TranscribeInput, "channels" | "speakers" | "voices" | "language" | "signal">, parts: Parts): Promise<Pick<Heard, "heard" | "identity">> {
  const hearing = parts.speech.lease();
  const { engine, limits } = hearing;
  try {
    return { heard: await transcribeCall({ ...call, engine, limits }), identity: engine.identity };
  } finally {
    hearing.release();
  }
}

/** The spool may be gone (restart, clean-up): then the recording is decoded once more. */
async function channelsOf(session: SessionRow, recording: RecordingRow, parts: Parts, signal: AbortSignal): Promise<ChannelAudio[]> {
  const levels = audioOf(recording)?.levels ?? [];
  const channels = Object.entries(speechOf(recording)).map(([index, spans]): ChannelAudio => {
    const gainDb = levels[Number(index)]?.gainDb ?? 0;
    return { index: index === "1" ? 1 : 0, pcmPath: channelFile(session.id, index, parts), speech: spans, ...(gainDb === 0 ? {} : { gainDb }) };
  });
  const isThere = await Promise.all(channels.map((channel) => access(channel.pcmPath).then(() => true, () => false)));
  if (channels.length > 0 && isThere.every(Boolean)) return channels;
  return (await decode(session, recording, parts, signal)).channels;
}

/** One party per channel, or nobody knows who. */
function speakersOf(recording: RecordingRow): Record<0 | 1, Speaker> {
  const map = channelMapOf(recording);
  return map === undefined ? { 0: "unknown", 1: "unknown" } : { 0: map["0"], 1: map["1"] };
}

/** Fails closed: when the second look still finds a card number, nothing is stored. */
export function redactSpoken(turns: readonly SpokenTurn[], parts: Parts): RedactionResult {
  let result: RedactionResult;
  try {
    result = redactTurns(turns, { detect: parts.config.privacy.redact });
  } catch (cause) {
    throw new AppError("REDACTION_FAILED", "The words could not be redacted, so nothing was stored; send this recording's format to support", { cause });
  }
  if (parts.config.privacy.redact.includes("payment_card") && result.turns.some((turn) => scanForCards(turn.text))) {
    throw new AppError("REDACTION_FAILED", "A card number was left after redaction, so nothing was stored; it is tried again");
  }
  return result;
}

/** Whoever knows the tones of the keypad hears the digits of a card that was keyed in. */
function keysToMute(recording: RecordingRow, parts: Parts): Span[] {
  return parts.config.privacy.redact.includes("payment_card") ? (audioOf(recording)?.keyTones ?? []) : [];
}

/**
 * The rendition for listening, with the redacted spans silent on both channels: an echo of the number on the other one is audible when amplified.
 * The media room proves it before it appears.
 * @returns its name in the vault
 */
async function blankSound(session: SessionRow, recording: RecordingRow, mute: readonly MuteSpan[], parts: Parts, signal: AbortSignal): Promise<string> {
  const { file, path } = await parts.vault.newRenditionPath();
  const folder = spoolFolder(session.id, parts);
  const inspection = await inspect(recording, folder, parts, signal);
  await renderPlayback({ inspection, layout: audioOf(recording)?.layout ?? "mono", mute, target: path, folder, tools: parts.media, signal });
  return file;
}

interface Heard {
  heard: Transcription;
  identity: SpeechIdentity;
  redacted: RedactionResult;
  /** how many keys were pressed and blanked */
  keys: number;
  mutedMs: number;
  /** rendition with the redacted spans silent; absent when there was nothing to blank */
  blankedFile: string | undefined;
  redactMs: number;
  speakerSource: SpeakerSource;
}

function resultOf({ session, recording }: StageInput, parts: Parts, { heard, identity, redacted, keys, mutedMs, blankedFile, redactMs, speakerSource }: Heard): StageResult {
  const now = parts.clock.now();
  const roles = speakerSource === "diarised" ? rolesOf(redacted, session, parts) : undefined;
  const legs = settleLegs(redacted.turns, session, recording, parts);
  const turns = legs.turns.map((turn): Turn => ({ id: newId("msg", now), speaker: partyOf(turn, roles), ...(turn.voice === undefined ? {} : { voice: turn.voice }), startMs: turn.startMs, endMs: turn.endMs, text: turn.text, confidence: turn.confidence }));
  // Sound that was blanked must not survive beside its blanked copy: the copy becomes the recording.
  const keptFile = blankedFile ?? recording.file ?? "";
  const playbackFile = blankedFile ?? recording.playback_file;
  const outdated = new Set([recording.file, recording.playback_file].filter((file): file is string => file !== null && file !== keptFile && file !== playbackFile));
  return {
    save() {
      const { sessions, messages, recordings, findings } = parts.store.writes;
      if (heard.language !== undefined) sessions.setLanguage(session.id, heard.language);
      const filed = fileCall(session.id, parts) ?? session;
      const permitted = permittedTurns(turns, filed, parts);
      messages.replaceTurns(
        filed,
        permitted,
        {
          engine: identity.engine,
          model: heard.heardBy.length === 0 ? identity.model : namesOf(heard.heardBy.map((one) => one.model)),
          modelSha256: identity.sha256,
          ...(heard.heardBy.length === 0 ? {} : { endpoint: namesOf(heard.heardBy.map((one) => one.endpoint)) }),
          speakerSource,
          ...(roles === undefined ? {} : { roles }),
          dropped: heard.dropped,
          redactions: redacted.found,
        },
        now,
      );
      if (permitted !== turns) parts.store.writes.corrections.erase(session.id); // nobody may keep these words, whoever wrote them
      const words = keepTurnWords(session.id, permitted, parts);
      if (words !== undefined) findings.addLedger(session.id, { stage: "transcribe", status: "done", atMs: now, ms: null, code: null, detail: words });
      legs.save();
      recordings.setRedacted(recording.id, keptFile, playbackFile, (blankedFile === undefined ? 0 : mutedMs) + recording.muted_ms);
      const seconds = (audioOf(recording)?.durationMs ?? 0) / 1000;
      parts.meters.audioHeard(seconds);
    },
    detail: `${heard.windows} windows, ${turns.length} turns${describeRoles(roles)}${heard.dropped.length > 0 ? `, left out as not said: ${heard.dropped.map((one) => `${one.count} × ${one.reason}`).join(", ")}` : ""}`,
    also: [{ stage: "redact", status: "done", ms: redactMs, detail: redactionDetail(redacted, keys, mutedMs) }],
    async discard() {
      if (blankedFile !== undefined) await parts.vault.remove(blankedFile);
    },
    async afterCommit() {
      await Promise.all([...outdated].map((file) => parts.vault.remove(file)));
      await rm(spoolFolder(session.id, parts), { recursive: true, force: true });
    },
  };
}

/** Which voice is whose, by what they say; the redacted words are enough for that. */
function rolesOf(redacted: RedactionResult, session: SessionRow, parts: Parts): VoiceRoles {
  return decideRoles({ turns: redacted.turns, direction: session.direction, companyNames: parts.config.analysis.company_names, ...(session.agent_name === null ? {} : { agentName: session.agent_name }) });
}

function describeRoles(roles: VoiceRoles | undefined): string {
  if (roles === undefined) return "";
  if (roles.map === null) return ", nothing tells which voice is the agent";
  return `, voice ${roles.map["0"] === "agent" ? 1 : 2} is the agent (${roles.confidence.toFixed(2)}: ${roles.reasons.slice(0, 3).join(", ")})`;
}

function partyOf({ speaker, voice }: { speaker: Speaker; voice?: 0 | 1 }, roles: VoiceRoles | undefined): Speaker {
  return voice === undefined || !roles?.map ? speaker : roles.map[`${voice}`];
}

function namesOf(names: readonly string[]): string {
  return [...new Set(names)].sort().join(", ");
}

function redactionDetail(redacted: RedactionResult, keys: number, mutedMs: number): string {
  const found = [...redacted.found.map((one) => `${one.count} × ${one.kind.replace("_", " ")}`), ...(keys === 0 ? [] : [`${keys} × keys pressed`])];
  if (found.length === 0) return "Nothing to redact";
  return `${found.join(", ")}; ${(mutedMs / 1000).toFixed(1)} s of sound blanked`;
}
