// Who uses the dashboard: roles of people, how much of the house each may see, and how a login name is written. Pure.
import { ROLES, type Role } from "./glossary.ts";

/** `intake` only brings calls in: a role for machines. */
export type PersonRole = Exclude<Role, "intake">;
export const PERSON_ROLES: readonly PersonRole[] = ROLES.filter((role) => role !== "intake");

/** Every contact, those of the team's agents, or own ones. */
export const SEES = ["all", "team", "own"] as const;
export type Sees = (typeof SEES)[number];

/** What each role may be allowed to see; the first is what it sees when nothing is said. An administrator who sees less could not mend what others see. */
export const SEES_OF_ROLE: Readonly<Record<PersonRole, readonly [Sees, ...Sees[]]>> = {
  admin: ["all"],
  supervisor: ["all", "team"],
  analyst: ["all", "team"],
  agent: ["own", "team"],
};

/** `invited`: no password was chosen yet, or it was taken away by a reset. */
export type PersonState = "active" | "invited" | "disabled";

/** What decides what somebody sees. */
export interface Standing {
  role: PersonRole;
  sees: Sees;
  /** id of the agent that this person is at the telephone system */
  agentId: string | null;
  team: string | null;
}

/** What somebody asked for, as far as it was said. */
export interface StandingWish {
  role: PersonRole;
  sees?: Sees | undefined;
  agentId?: string | null | undefined;
  team?: string | null | undefined;
}

/** Why a wish cannot be: which value, and what is expected there. */
export interface StandingProblem {
  path: "sees" | "agent" | "team";
  message: string;
}

/** @returns the standing, what is not said being the least of what the role and its names suggest; or why it cannot be */
export function settleStanding({ role, sees, agentId, team }: StandingWish): Standing | StandingProblem {
  const allowed = SEES_OF_ROLE[role];
  const isOwn = allowed.includes("own") && (agentId ?? null) !== null;
  const settled = sees ?? ((team ?? null) !== null && allowed.includes("team") && !isOwn ? "team" : allowed[0]);
  if (!allowed.includes(settled)) return { path: "sees", message: `the role ${role} sees ${allowed.join(" or ")}` };
  if (settled === "own" && (agentId ?? null) === null) return { path: "agent", message: "whoever sees own contacts needs the agent id of the telephone system" };
  if (settled === "team" && (team ?? null) === null) return { path: "team", message: "whoever sees a team's contacts needs a team" };
  return { role, sees: settled, agentId: agentId ?? null, team: team ?? null };
}

/** A login name as it is stored and compared: `Ana.Keller` and `ana.keller` are one. @returns undefined for what cannot be one */
export function foldLogin(text: string): string | undefined {
  const folded = text.normalize("NFKC").trim().toLowerCase();
  return /^[\p{L}\p{N}][\p{L}\p{N}\p{M}._@+-]{1,63}$/u.test(folded) ? folded : undefined;
}
