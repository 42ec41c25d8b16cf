// Every front that has an adapter: one line each.
import type { ChannelEvent } from "../../domain/index.ts";
import type { FrontConfig } from "../../platform/index.ts";
import { bodyText, parseJsonObject, type SourceRequest } from "../sources/request.ts";
import type { ChannelContext } from "./channel.ts";
import { parseChatwoot } from "./chatwoot.ts";
import type { ChannelDelivery } from "./mail.ts";
import { parsePostmark } from "./postmark.ts";
import { parseTwilio } from "./twilio.ts";

type Adapter = (request: SourceRequest, context: ChannelContext, front: FrontConfig) => ChannelDelivery;

const withoutFiles = (parse: (request: SourceRequest, context: ChannelContext) => ChannelEvent[]): Adapter => (request, context) => ({ events: parse(request, context), files: [] });

const FRONTS: Readonly<Record<FrontConfig["adapter"], Adapter>> = {
  chatwoot: withoutFiles(parseChatwoot),
  twilio: withoutFiles(parseTwilio),
  postmark: (request, { source, nowMs }, front) =>
    parsePostmark(parseJsonObject(bodyText(request)), { source, folder: "inbox", receivedAtMs: nowMs, trustFrom: front.trust_contacts ? "always" : "authenticated", own: { addresses: front.own_addresses, domains: front.own_domains, relays: [] } }),
};

/** What the site and the moment add to the settings of a front. */
export type Circumstances = Pick<ChannelContext, "country" | "timeZone" | "nowMs">;

/**
 * What a front says, in the house's own words, and the files that came inside the request. Pure.
 * @throws AppError REQUEST_MALFORMED, REQUEST_INVALID with `details.problems`: the path and the expected value of every mistake
 */
export function parseFront(front: FrontConfig, request: SourceRequest, circumstances: Circumstances): ChannelDelivery {
  const context = { source: front.name, trustsContacts: front.trust_contacts, ...(front.channel === undefined ? {} : { channel: front.channel }), ...circumstances };
  return FRONTS[front.adapter](request, context, front);
}
