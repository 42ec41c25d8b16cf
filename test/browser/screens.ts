// Every screen of the dashboard as data: where it is, who may see it, what must be there.
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Role } from "../../app/domain/index.ts";
import { installationRoot } from "../../app/platform/index.ts";
import { PAGES } from "../../app/http/pages/table.ts";
import { FAILED, HEARD, WAITING, type House } from "./house.ts";

export interface Screen {
  name: string;
  address: (house: House) => string;
  /** who is shown it; everybody else is refused. null: nobody known */
  roles: readonly (Role | null)[];
  /** selectors of what must be on it, for an admin */
  has: readonly string[];
  /** as in the table of pages */
  path: string;
}

export const PEOPLE = ["admin", "supervisor", "analyst", "agent"] as const satisfies readonly Role[];
const OVERSEERS: readonly Role[] = ["admin", "supervisor", "analyst"];
const callLink = (id: string): string => `a[href^="/calls/${id}"]`;

export const SCREENS: readonly Screen[] = [
  { name: "login", address: () => "/login", roles: [null], has: ["form[method=post] input", "form button"], path: "/login" },
  { name: "overview", address: () => "/", roles: PEOPLE, has: ["h1", "main a[href^='/conversations']"], path: "/" },
  { name: "conversations", address: () => "/conversations", roles: PEOPLE, has: ["h1", callLink(HEARD)], path: "/conversations" },
  { name: "customers", address: () => "/customers", roles: PEOPLE, has: ["h1", "input[type=search]", "main a[href^='/customers/cus_']"], path: "/customers" },
  { name: "customer", address: (house) => `/customers/${house.customerId}`, roles: OVERSEERS, has: ["h1", callLink(HEARD), "main >> text=I was charged twice for my October bill"], path: "/customers/:id" },
  { name: "call", address: () => `/calls/${HEARD}`, roles: OVERSEERS, has: ["h1", "audio", ".strip, .wave", "[id^=msg_]", "a.proof"], path: "/calls/:call_id" },
  { name: "call that failed", address: () => `/calls/${FAILED}`, roles: OVERSEERS, has: ["h1"], path: "/calls/:call_id" },
  { name: "ledger", address: () => "/ledger", roles: OVERSEERS, has: ["h1", callLink(HEARD), callLink(FAILED), callLink(WAITING), "form button"], path: "/ledger" },
  { name: "agents", address: () => "/agents", roles: OVERSEERS, has: ["h1"], path: "/agents" },
  { name: "settings", address: () => "/settings", roles: PEOPLE, has: ["h1"], path: "/settings" },
  { name: "people", address: () => "/settings/people", roles: ["admin"], has: ["h1", "form"], path: "/settings/people" },
  { name: "account", address: () => "/account", roles: PEOPLE, has: ["h1"], path: "/account" },
];

/**
 * @returns why there is nothing to look at; undefined for a screen that must be there. A screen is missing only from a table that is still empty,
 *   and the overview, which leads to the conversations until there is something to draw, only while it has no room in ui/.
 */
export function notBuilt({ name, path }: Screen): string | undefined {
  const isThere = PAGES.some((route) => route.method === "get" && route.path === path) && (path !== "/" || existsSync(join(installationRoot(), "app", "ui", "overview")));
  return isThere ? undefined : `the screen "${name}" has no route yet`;
}

/** Skips a test of a screen that is not there yet, and says so. */
export function skipUntilBuilt(context: Mocha.Context, screen: Screen): void {
  const reason = notBuilt(screen);
  if (reason === undefined) return;
  console.log(`      skipped: ${reason}`);
  context.skip();
}
