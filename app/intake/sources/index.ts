// Every telephone system that has an adapter: one line each.
import type { CallNotification } from "../../domain/index.ts";
import type { SourceConfig } from "../../platform/index.ts";
import { parseFreepbx } from "./freepbx.ts";
import { parseFreeswitch } from "./freeswitch.ts";
import { parseGeneric } from "./generic.ts";
import type { SourceContext, SourceRequest } from "./request.ts";
import { parseThreecx } from "./threecx.ts";
import { parseYeastar } from "./yeastar.ts";

export type { SourceContext, SourceRequest } from "./request.ts";

type Adapter = (request: SourceRequest, context: SourceContext) => CallNotification[];

const ADAPTERS: Readonly<Record<SourceConfig["adapter"], Adapter>> = {
  generic: parseGeneric,
  freeswitch: parseFreeswitch,
  freepbx: parseFreepbx,
  "3cx": parseThreecx,
  yeastar: parseYeastar,
};

/**
 * What a webhook says, in the house's own words. Pure.
 * @throws AppError REQUEST_MALFORMED, REQUEST_INVALID with `details.problems`: the path and the expected value of every mistake
 */
export function parseNotification(adapter: SourceConfig["adapter"], request: SourceRequest, context: SourceContext): CallNotification[] {
  return ADAPTERS[adapter](request, context);
}
