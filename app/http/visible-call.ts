// A call by the address of a request, if it exists and the asker may see it. To the asker both "no" look the same.
import { AppError, type CallView } from "../domain/index.ts";
import { checkedCallId } from "./checked.ts";
import { isInScope, scopeOf } from "./principal.ts";
import type { Exchange } from "./route.ts";

/** @throws AppError REQUEST_INVALID for an impossible call id, NOT_FOUND for an unknown one and for one that is not the asker's */
export function visibleCall({ req, context, parts }: Exchange): CallView {
  const { callId, source } = checkedCallId(req);
  const call = parts.appliance.store.reads.callView(callId, source);
  if (call === undefined || !isInScope(scopeOf(context.principal), call)) {
    throw new AppError("NOT_FOUND", source === undefined ? "There is no call with this id; /v1/calls lists the calls" : "There is no call with this id from this source; /v1/calls lists the calls");
  }
  return call;
}
