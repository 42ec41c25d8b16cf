// Keys and logins as the rest of the house sees them.
import type { Role } from "../domain/index.ts";
import type { ApiKeyRecord } from "./views.ts";

/** From where somebody logs in, as that person will recognise it. */
export interface Whence {
  address: string;
  /** e.g. `Firefox on Windows` */
  browser: string | null;
}

/** A session as its owner sees it. */
export interface SessionView {
  /** `lgn_…`; not the secret */
  id: string;
  startedAtMs: number;
  seenAtMs: number;
  expiresAtMs: number;
  address: string | null;
  browser: string | null;
}

export interface LoginRow {
  id: string;
  /** the person's role now, not when it logged in */
  role: Role;
  /** absent for a login by a one-time code */
  person?: { id: string; name: string };
}

/** Whose contacts a key sees: those of one agent, or of a team's; neither: as its role says. */
export interface KeyBounds {
  agentId?: string | undefined;
  team?: string | undefined;
}

/** A login as the web server sees it. */
export interface LoginRecord extends LoginRow {
  /** the agents whose contacts it sees; absent: as its role says */
  agentIds?: readonly string[];
}

/** Keys of machines and logins of people; only hashes are stored. */
export interface StoreAccess {
  /** @param bounds its team must exist */
  createKey(name: string, role: Role, bounds?: KeyBounds): string;
  /** constant-time look-up of a presented key */
  findKey(presented: string): ApiKeyRecord | undefined;
  /** a code that opens one dashboard session for nobody in particular, valid for 15 minutes, once: the demo, and a house whose administrators are all locked out */
  createLoginCode(role: Role): string;
  /** @returns token of a new dashboard session (12 h), or undefined when the code is used, old or wrong */
  redeemLoginCode(code: string, from?: Whence): string | undefined;
  /** A session for somebody who has proved who it is. It ends after 12 h, or after an hour in which nobody used it. */
  startLogin(personId: string, from: Whence): { token: string; id: string };
  /** @param isUse false when a page only keeps itself fresh: the session does not last longer for it. True when absent */
  findLogin(token: string, isUse?: boolean): LoginRecord | undefined;
  endLogin(token: string): void;
  /** open ones of a person, newest first */
  sessionsOf(personId: string): SessionView[];
  /** @returns false when it is not this person's, or ended already */
  endSession(personId: string, id: string): boolean;
  /** @returns how many ended */
  endSessionsOf(personId: string): number;
  /** A code with which this person chooses a password, once, within 24 h. Its password, sessions and earlier codes end now. */
  invite(personId: string): string;
  /** Whose code this is; looking uses nothing up. */
  invited(code: string): string | undefined;
  /** The code becomes a password and a session. @returns undefined when the code is used, old or wrong */
  setUp(code: string, password: string, from: Whence): Promise<{ personId: string; token: string } | undefined>;
  /** All sessions end. @returns the token of a new one, undefined when `current` is wrong */
  changePassword(personId: string, current: string, password: string, from: Whence): Promise<string | undefined>;
}
