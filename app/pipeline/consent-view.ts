// What a customer agreed to, for whoever is about to do something: each statement with its proof, and what follows from all of them.
import { ANY_CHANNEL, CONSENT_PURPOSES, toRfc3339, type ConsentPurpose, type ConsentRecord, type ConsentRecordView, type ConsentReport, type ConsentView } from "../domain/index.ts";
import { decideConsent, policyId } from "../privacy/index.ts";
import { countryOfCustomer } from "./consent-gate.ts";
import type { Parts } from "./parts.ts";

/** Statements that a list shows at most; all of them count. */
const LISTED = 500;

/** As many are read at once and decide every question; of more, the few that matter are looked up for each. Both decide alike (test/store/consents). */
const FEW = 50;

/** @returns one line per channel and purpose: for each channel that the customer has used or spoken of, and `any` for the others */
export function consentOf(customerId: string, parts: Parts): ConsentView[] {
  const { consents, customers } = parts.store.writes;
  const atMs = parts.clock.now();
  const country = countryOfCustomer(customers.card(customerId)?.phone ?? undefined, parts);
  const said = consents.ofCustomer(customerId, FEW + 1);
  const deciding = (channel: string, purpose: ConsentPurpose): ConsentRecord[] => (said.length <= FEW ? said : consents.deciding({ customerId, channel, purpose, atMs }));
  return [...consents.channelsOf(customerId), ANY_CHANNEL].flatMap((channel) =>
    CONSENT_PURPOSES.map((purpose): ConsentView => {
      const { state, allowed, because } = decideConsent(deciding(channel, purpose), { channel, purpose, country, atMs }, parts.config.consent);
      const record = "record" in because ? because.record : undefined;
      return { channel, purpose, state, since: record === undefined ? null : toRfc3339(record.atMs), source: record?.source ?? "policy", allowed, because: "record" in because ? because.record.id : because.rule };
    }),
  );
}

/** Everything that was said, and what follows from it. */
export function consentReport(customerId: string, parts: Parts): ConsentReport {
  return { customer_id: customerId, policy_id: policyId(parts.config.consent), decisions: consentOf(customerId, parts), records: parts.store.writes.consents.ofCustomer(customerId, LISTED).map(viewOf) };
}

function viewOf(one: ConsentRecord): ConsentRecordView {
  return {
    id: one.id, channel: one.channel, purpose: one.purpose, state: one.state, source: one.source, at: toRfc3339(one.atMs), proof: one.proof === "" ? null : one.proof, policy_id: one.policyId,
    expires_at: one.expiresAtMs === null ? null : toRfc3339(one.expiresAtMs), session_id: one.sessionId, recorded_at: toRfc3339(one.recordedAtMs), recorded_by: one.recordedBy,
  };
}
