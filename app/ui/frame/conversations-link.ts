// Where the conversations behind a number are. Pure.
import { urlPart } from "./html.ts";

/** What the list of conversations can be narrowed by; times are UTC ms, `toMs` is not included. */
export interface ConversationsQuery {
  channel?: string | undefined;
  agent?: string | undefined;
  queue?: string | undefined;
  topic?: string | undefined;
  reason?: string | undefined;
  outcome?: string | undefined;
  sentiment?: "neg" | "neutral" | "pos" | undefined;
  rule?: string | undefined;
  status?: string | undefined;
  fromMs?: number | undefined;
  toMs?: number | undefined;
  q?: string | undefined;
}

/** `/conversations?topic=Billing&from=1763593200000` */
export function conversationsLink({ fromMs, toMs, ...rest }: ConversationsQuery): string {
  const query = Object.entries({ ...rest, from: fromMs, to: toMs }).flatMap(([name, value]) => (value === undefined || value === "" ? [] : [`${name}=${urlPart(String(value))}`]));
  return query.length === 0 ? "/conversations" : `/conversations?${query.join("&")}`;
}
