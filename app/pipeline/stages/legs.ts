// After the words are known: do they fit the channel map? A map that was only derived is corrected when hardly a doubt is left, any other reported.
import { judgeLegs, OVERWHELMING } from "../../analysis/index.ts";
import type { AudioWarning, CallFacts, ChannelMap, Speaker } from "../../domain/index.ts";
import { audioOf, channelMapOf, factsOf, speechOf, type RecordingRow, type SessionRow } from "../../store/index.ts";
import type { Parts } from "../parts.ts";
import { assignmentOf, configuredFor } from "./prepare.ts";

interface Said {
  speaker: Speaker;
  startMs: number;
  text: string;
}

/** @returns the turns, with the parties exchanged where the map was wrong, and what is to be written about it (inside the transaction) */
export function settleLegs<T extends Said>(turns: readonly T[], session: SessionRow, recording: RecordingRow, parts: Parts): { turns: readonly T[]; save(): void } {
  const unchanged = { turns, save: () => undefined };
  const map = channelMapOf(recording);
  const audio = audioOf(recording);
  if (map === undefined || audio === undefined) return unchanged;
  const agentChannel = channelOfExtension(factsOf(session), configuredFor(session, parts)?.recorded_leg ?? "trunk");
  const verdict = judgeLegs({
    turns,
    direction: session.direction,
    companyNames: parts.config.analysis.company_names,
    ...(agentChannel === undefined ? {} : { agentIsMappedAs: map[agentChannel] }),
  });
  if (!verdict.isSwapped) return unchanged;

  const why = verdict.reasons.join(", ");
  const setAudio = (warnings: AudioWarning[], map: ChannelMap, reason: string): void =>
    parts.store.writes.recordings.setAudio(recording.id, { ...audio, warnings }, { map, reason, isDerived: true }, speechOf(recording));
  const others = (audio.warnings ?? []).filter((warning) => warning.code !== "swapped_legs");
  const reason = recording.channel_map_reason ?? "";
  if (verdict.confidence >= OVERWHELMING && assignmentOf(session, parts).isDerived) {
    const exchanged = turns.map((turn) => ({ ...turn, speaker: OTHER[turn.speaker] ?? turn.speaker }));
    return { turns: exchanged, save: () => setAudio(others, { "0": map["1"], "1": map["0"] }, `${reason}; exchanged, because ${why}`) };
  }
  const message = `Agent and customer seem to be on each other's channel: ${why}. Check channel_map or recorded_leg of this source, then process the call again.`;
  return { turns, save: () => setAudio([...others, { code: "swapped_legs", message }], map, reason) };
}

const OTHER: Partial<Record<Speaker, Speaker>> = { agent: "customer", customer: "agent" };

/** Recording on the trunk side puts whoever began the call on channel 0; the agent's own number tells whether that was the agent. */
function channelOfExtension({ agentId, from, to }: CallFacts, recordedLeg: "trunk" | "extension"): "0" | "1" | undefined {
  if (agentId === undefined || recordedLeg === "extension" || from === to) return undefined;
  return from === agentId ? "0" : to === agentId ? "1" : undefined;
}
