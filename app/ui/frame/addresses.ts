// Where things stand on this site. Pure.
import { urlPart } from "./html.ts";

type CallName = { call_id: string; source: string };

/** Address of a call's page. `source` is needed where two sources use the same id. */
export function callAddress({ call_id, source }: CallName): string {
  return `/calls/${urlPart(call_id)}?source=${urlPart(source)}`;
}

/** Address of a call's sound, as people may hear it. */
export function soundAddress({ call_id, source }: CallName): string {
  return `/v1/calls/${urlPart(call_id)}/audio?source=${urlPart(source)}`;
}
