// Every front that has an adapter: one line each.
import { AppError, type ChannelEvent } from "../../domain/index.ts";
import type { FrontConfig } from "../../platform/index.ts";
import type { SourceRequest } from "../sources/request.ts";
import type { ChannelContext } from "./channel.ts";
import { parseChatwoot } from "./chatwoot.ts";
import { parseTwilio } from "./twilio.ts";

type Adapter = (request: SourceRequest, context: ChannelContext) => ChannelEvent[];

const FRONTS: Readonly<Record<FrontConfig["adapter"], Adapter>> = {
  chatwoot: parseChatwoot,
  twilio: parseTwilio,
  postmark: () => {
    throw new AppError("SETUP_INCOMPLETE", "This Earshot cannot read Postmark's mails yet; fetch the mailbox by IMAP instead");
  },
};

/** What the site and the moment add to the settings of a front. */
export type Circumstances = Pick<ChannelContext, "country" | "timeZone" | "nowMs">;

/**
 * What a front says, in the house's own words. Pure.
 * @throws AppError REQUEST_MALFORMED, REQUEST_INVALID with `details.problems`: the path and the expected value of every mistake
 */
export function parseFront(front: FrontConfig, request: SourceRequest, circumstances: Circumstances): ChannelEvent[] {
  const context = { source: front.name, trustsContacts: front.trust_contacts, ...(front.channel === undefined ? {} : { channel: front.channel }), ...circumstances };
  return FRONTS[front.adapter](request, context);
}
