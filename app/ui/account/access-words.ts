// What a role may do and what somebody sees, as sentences. Pure.
import type { PersonRole, PersonState, Sees } from "../../domain/index.ts";
import { chip } from "../frame/words.ts";
import type { Html } from "../frame/html.ts";

/** Role → its name, and what whoever has it may do. */
export const ROLE_WORDS: Readonly<Record<PersonRole, { name: string; may: string }>> = {
  admin: { name: "Administrator", may: "See every contact, and decide about people, settings and speech models." },
  supervisor: { name: "Supervisor", may: "Read and listen, answer scorecards; with every contact in sight also set calls going again, join and split customers." },
  analyst: { name: "Analyst", may: "Read, listen, search and export. Change nothing." },
  agent: { name: "Agent", may: "Read and listen to own contacts, or to those of the team. Change nothing." },
};

const STATE_CHIPS: Readonly<Record<PersonState, Html>> = { active: chip("good", "can log in"), invited: chip("warn", "no password yet"), disabled: chip("", "disabled") };

export function stateOfPerson(state: PersonState): Html {
  return STATE_CHIPS[state];
}

/** What decides what somebody sees, with the agents of the team as they are now. */
export interface Sight {
  sees: Sees;
  agentId: string | null;
  team: string | null;
  teamAgents: readonly string[];
}

/** `Every contact of the house` · `The contacts of the team Billing: agents 201 and 202` · `The contacts of agent 204` */
export function sightWords({ sees, agentId, team, teamAgents }: Sight): string {
  if (sees === "all") return "Every contact of the house";
  if (sees === "own") return agentId === null ? "Nothing yet: no agent id is set" : `The contacts of agent ${agentId}`;
  return `The contacts of the team ${team ?? "without a name"}: ${agentsWords(teamAgents)}`;
}

/** `agents 201, 202 and 203`; at most eight are named */
export function agentsWords(agentIds: readonly string[]): string {
  if (agentIds.length === 0) return "nothing yet, the team has no agents";
  if (agentIds.length === 1) return `agent ${agentIds[0] ?? ""}`;
  const named = agentIds.length > 8 ? agentIds.slice(0, 7) : agentIds.slice(0, -1);
  return `agents ${named.join(", ")} and ${agentIds.length > 8 ? `${agentIds.length - 7} more` : (agentIds.at(-1) ?? "")}`;
}

/** `1 session`, `3 sessions` */
export function countWords(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}
