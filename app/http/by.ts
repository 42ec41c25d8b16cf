// Who decides, as the audit trail and the activity log name it.
import type { By } from "../pipeline/index.ts";
import { actorOf } from "./principal.ts";
import type { Exchange } from "./route.ts";

/** Who asks, and the id of the request. */
export function by({ context }: Pick<Exchange, "context">): By {
  return { actor: actorOf(context.principal, context.remoteIp), requestId: context.id };
}
