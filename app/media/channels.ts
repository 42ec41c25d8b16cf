// Who is on which channel, and why. Pure.
import type { ChannelAssignment, ChannelMap, Direction } from "../domain/index.ts";

/** What is known about the channels of a recording. */
export interface ChannelClues {
  /** `channel_map` of the notification */
  explicit?: ChannelMap;
  /** `channel_map` of the source's configuration */
  configured?: ChannelMap;
  direction: Direction;
  /** whose line the telephone system records, from the source's configuration */
  recordedLeg: "trunk" | "extension";
}

/**
 * The contract's order: notification → configuration → derived. The recorded line's own party is on channel 0 (left) and what it hears on
 * channel 1, in Asterisk (`MixMonitor` option D) and FreeSWITCH (`RECORD_STEREO`) alike.
 * - `trunk`: recording starts in the dial plan of the leg that began the call: inbound that is the trunk (customer on 0), outbound the
 *   telephone of the agent (agent on 0). This is the contract's default rule.
 * - `extension`: recording is tied to the agent's telephone, so the agent is on 0 in both directions.
 * Internal and unknown calls are read like inbound ones, and the reason says that this is assumed.
 * @returns the map and a reason for people, e.g. `direction=inbound, recorded leg=trunk`. Never throws.
 */
export function assignChannels(clues: ChannelClues): ChannelAssignment {
  if (clues.explicit) return { map: clues.explicit, reason: "named in the notification", isDerived: false };
  if (clues.configured) return { map: clues.configured, reason: "configured for the source", isDerived: false };
  const { direction, recordedLeg } = clues;
  const isAgentFirst = recordedLeg === "extension" || direction === "outbound";
  const isAssumed = recordedLeg === "trunk" && (direction === "internal" || direction === "unknown");
  return {
    map: isAgentFirst ? { "0": "agent", "1": "customer" } : { "0": "customer", "1": "agent" },
    reason: `direction=${direction}, recorded leg=${recordedLeg}${isAssumed ? ", assumed like inbound" : ""}`,
    isDerived: true,
  };
}
