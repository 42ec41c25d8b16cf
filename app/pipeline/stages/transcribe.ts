// transcribe: the words, and in the same breath their redaction. Nothing unredacted outlives this function.
import { access, rm } from "node:fs/promises";
import { AppError, customerIdentities, newId, type ChannelAudio, type Speaker, type SpeakerSource, type SpokenTurn, type Turn, type VoiceRoles } from "../../domain/index.ts";
import { decideRoles } from "../../analysis/index.ts";
import { renderPlayback } from "../../media/index.ts";
import { redactTurns, scanForCards, type RedactionResult } from "../../privacy/index.ts";
import { transcribeCall } from "../../speech/index.ts";
import { audioOf, channelMapOf, factsOf, separationOf, speechOf, type RecordingRow, type SessionRow } from "../../store/index.ts";
import type { Parts } from "../parts.ts";
import type { StageDefinition, StageInput, StageResult } from "../stage.ts";
import { channelFile, decode, inspect, spoolFolder } from "./prepare.ts";

export const transcribe: StageDefinition = {
  name: "transcribe",
  lane: "model",
  next: "analyse",
  waiting: "The call is waiting for the speech model",
  async run(input, parts, signal) {
    const { session, recording } = input;
    const channels = await channelsOf(session, recording, parts, signal);
    const speakers = speakersOf(recording);
    const separation = separationOf(recording);
    const language = session.language ?? parts.config.speech.language;
    const heard = await transcribeCall({ channels, speakers, language, engine: parts.speech, signal, ...(separation?.source === "diarised" ? { voices: separation.voices } : {}), ...(parts.speechModel.windowMs === undefined ? {} : { enoughMs: parts.speechModel.windowMs }) });
    parts.checkpoint("transcribe.heard");
    const redactStartedAt = parts.clock.now();
    const redacted = redact(heard.turns, parts);
    const blankedFile = redacted.mute.length === 0 ? undefined : await blankSound(session, recording, redacted, parts, signal);
    return resultOf(input, parts, { heard, redacted, blankedFile, redactMs: parts.clock.now() - redactStartedAt, speakerSource: speakers[0] !== "unknown" ? "channel" : (separation?.source ?? "none") });
  },
};

/** The spool may be gone (restart, clean-up): then the recording is decoded once more. */
async function channelsOf(session: SessionRow, recording: RecordingRow, parts: Parts, signal: AbortSignal): Promise<ChannelAudio[]> {
  const channels = Object.entries(speechOf(recording)).map(([index, spans]): ChannelAudio => ({ index: index === "1" ? 1 : 0, pcmPath: channelFile(session.id, index, parts), speech: spans }));
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
function redact(turns: readonly SpokenTurn[], parts: Parts): RedactionResult {
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

/**
 * The rendition for listening, with the redacted spans silent on both channels: an echo of the number on the other one is audible when amplified.
 * The media room proves it before it appears.
 * @returns its name in the vault
 */
async function blankSound(session: SessionRow, recording: RecordingRow, redacted: RedactionResult, parts: Parts, signal: AbortSignal): Promise<string> {
  const { file, path } = await parts.vault.newRenditionPath();
  const folder = spoolFolder(session.id, parts);
  const inspection = await inspect(recording, folder, parts, signal);
  await renderPlayback({ inspection, layout: audioOf(recording)?.layout ?? "mono", mute: redacted.mute.map((span) => ({ ...span, channel: "both" as const })), target: path, folder, tools: parts.media, signal });
  return file;
}

interface Heard {
  heard: Awaited<ReturnType<typeof transcribeCall>>;
  redacted: RedactionResult;
  /** rendition with the redacted spans silent; absent when there was nothing to blank */
  blankedFile: string | undefined;
  redactMs: number;
  speakerSource: SpeakerSource;
}

function resultOf({ session, recording }: StageInput, parts: Parts, { heard, redacted, blankedFile, redactMs, speakerSource }: Heard): StageResult {
  const now = parts.clock.now();
  const roles = speakerSource === "diarised" ? rolesOf(redacted, session, parts) : undefined;
  const turns = redacted.turns.map((turn): Turn => ({ id: newId("msg", now), speaker: partyOf(turn, roles), ...(turn.voice === undefined ? {} : { voice: turn.voice }), startMs: turn.startMs, endMs: turn.endMs, text: turn.text, confidence: turn.confidence }));
  const mutedMs = redacted.mute.reduce((sum, span) => sum + span.endMs - span.startMs, 0);
  // Sound that was blanked must not survive beside its blanked copy: the copy becomes the recording.
  const keptFile = blankedFile ?? recording.file ?? "";
  const playbackFile = blankedFile ?? recording.playback_file;
  const outdated = new Set([recording.file, recording.playback_file].filter((file): file is string => file !== null && file !== keptFile && file !== playbackFile));
  return {
    save() {
      const { sessions, customers, messages, recordings } = parts.store.writes;
      const atMs = session.started_at_ms ?? session.received_at_ms;
      const facts = factsOf(session);
      const customerId = session.customer_id ?? customers.findOrCreate(customerIdentities(facts, parts.config.site.country), facts.customerName, now);
      sessions.file(session.id, customerId, session.conversation_id ?? customers.conversationFor(customerId, atMs));
      if (heard.language !== undefined) sessions.setLanguage(session.id, heard.language);
      const filed = sessions.byId(session.id) ?? session;
      messages.replaceTurns(
        filed,
        turns,
        {
          engine: "whisper.cpp",
          model: parts.speechModel.name,
          modelSha256: parts.speechModel.sha256,
          speakerSource,
          ...(roles === undefined ? {} : { roles }),
          dropped: heard.dropped,
          redactions: redacted.found,
        },
        now,
      );
      recordings.setRedacted(recording.id, keptFile, playbackFile, (blankedFile === undefined ? 0 : mutedMs) + recording.muted_ms);
      const seconds = (audioOf(recording)?.durationMs ?? 0) / 1000;
      parts.meters.audioHeard(seconds);
    },
    detail: `${heard.windows} windows, ${turns.length} turns${describeRoles(roles)}${heard.dropped.length > 0 ? `, left out as not said: ${heard.dropped.map((one) => `${one.count} × ${one.reason}`).join(", ")}` : ""}`,
    also: [{ stage: "redact", status: "done", ms: redactMs, detail: redactionDetail(redacted, mutedMs) }],
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

function redactionDetail(redacted: RedactionResult, mutedMs: number): string {
  if (redacted.found.length === 0) return "Nothing to redact";
  const found = redacted.found.map((one) => `${one.count} × ${one.kind.replace("_", " ")}`).join(", ");
  return `${found}; ${(mutedMs / 1000).toFixed(1)} s of sound blanked`;
}
