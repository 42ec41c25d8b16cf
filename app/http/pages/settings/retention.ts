// Settings: what is kept how long, and what another number would take away.
import { z } from "zod";
import { toRfc3339 } from "../../../domain/index.ts";
import { renderRetention, type RetentionView } from "../../../ui/index.ts";
import { checkedQuery } from "../../checked.ts";
import { frameOf } from "../../frame.ts";
import { OVERSEERS, type Exchange, type Route } from "../../route.ts";
import { PAGE_ANSWERS, sendPage } from "../send-page.ts";
import { settingsBelow } from "./parts.ts";

const retentionQuery = z.object({ days: z.coerce.number().int().min(1).max(3650).optional().describe("shows how many calls are older than this") });

export const retentionPages: Route[] = [
  {
    method: "get", path: "/settings/retention", access: { roles: OVERSEERS }, isPage: true,
    docs: { id: "settingsRetentionPage", summary: "Dashboard: retention and privacy", query: retentionQuery, answers: PAGE_ANSWERS, problems: ["REQUEST_INVALID"] },
    handle: (exchange) => sendPage(exchange, renderRetention(viewOf(exchange))),
  },
];

function viewOf(exchange: Exchange): RetentionView {
  const { config, store, clock, workflows } = exchange.parts.appliance;
  const { days } = checkedQuery(retentionQuery, exchange.req);
  const now = clock.now();
  const before = now - (days ?? 0) * 86_400_000;
  return {
    frame: frameOf(exchange, "settings"),
    total: store.reads.ledger.callsBefore(now + 1),
    preview: days === undefined ? null : { days, before: toRfc3339(before), calls: store.reads.ledger.callsBefore(before) },
    kept: [
      { what: "Calls, messages, findings", howLong: "until somebody removes them: nothing goes by age" },
      { what: "Recordings", howLong: "as long as their call; sound that was redacted is replaced by its blanked copy" },
      { what: "Recordings of held calls", howLong: `${config.consent.hold_days} days, then the sound is removed unless consent comes` },
      ...workflows.list().map((one) => ({ what: `Completed forms: ${one.title}`, howLong: `${one.retention_days} days` })),
      { what: "Card numbers and security codes", howLong: config.privacy.redact.length === 0 ? "not redacted: privacy.redact is empty" : "never: they are redacted before the first word is stored" },
      { what: "The audit trail, ids of messages that have come", howLong: "for ever: repeats and changes must be known" },
    ],
    settings: settingsBelow(exchange, "privacy", "consent", "data_dir", "data_key_file", "documents.keep_with_secrets"),
  };
}
