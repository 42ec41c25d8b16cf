// What the pages of the settings share: who may see addresses, and the settings of a part.
import { describeSettings } from "../../../platform/index.ts";
import type { SettingRow } from "../../../ui/index.ts";
import type { Exchange } from "../../route.ts";

export function isAdmin({ context: { principal } }: Exchange): boolean {
  return principal.kind !== "anonymous" && principal.role === "admin";
}

/** Settings below these names, e.g. `crm` or `documents.picture_model`. Secrets are never in them, addresses only for administrators. */
export function settingsBelow(exchange: Exchange, ...names: readonly string[]): SettingRow[] {
  return describeSettings(exchange.parts.appliance.config, isAdmin(exchange)).filter(({ path }) => names.some((name) => path === name || path.startsWith(`${name}.`) || (name.endsWith("_") && path.startsWith(name))));
}
