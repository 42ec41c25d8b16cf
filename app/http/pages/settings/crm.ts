// Settings: the CRM, and a marked test message through the same guarded client as every result.
import { examineCrm } from "../../../pipeline/index.ts";
import { renderCrm, type CrmView } from "../../../ui/index.ts";
import { frameOf } from "../../frame.ts";
import { actorOf } from "../../principal.ts";
import { OVERSEERS, type Exchange, type Route } from "../../route.ts";
import { PAGE_ANSWERS, sendPage } from "../send-page.ts";
import { isAdmin, settingsBelow } from "./parts.ts";

export const crmPages: Route[] = [
  {
    method: "get", path: "/settings/crm", access: { roles: OVERSEERS }, isPage: true,
    docs: { id: "settingsCrmPage", summary: "Dashboard: the CRM", answers: PAGE_ANSWERS },
    handle: (exchange) => sendPage(exchange, renderCrm(viewOf(exchange, null))),
  },
  {
    method: "post", path: "/settings/crm/test", access: { roles: ["admin"] }, isPage: true,
    docs: { id: "testCrmForm", summary: "Dashboard: send one marked, signed test message to the CRM and show its answer", answers: PAGE_ANSWERS, problems: ["CONFLICT"] },
    async handle(exchange) {
      const { context, parts } = exchange;
      const { receipt, messageId, ms } = await parts.appliance.mending.sendTest("crm");
      const error = receipt.outcome === "delivered" ? null : receipt.error;
      parts.appliance.audit({ actor: actorOf(context.principal, context.remoteIp), action: "crm.tested", object: { kind: "destination", id: "crm" }, outcome: error === null ? "ok" : "failed", requestId: context.id, ...(error === null ? {} : { reason: error.code }) });
      sendPage(exchange, renderCrm(viewOf(exchange, { outcome: receipt.outcome, httpStatus: receipt.httpStatus, message: error?.message ?? null, code: error?.code ?? null, messageId, ms })));
    },
  },
];

function viewOf(exchange: Exchange, test: CrmView["test"]): CrmView {
  const { config, store } = exchange.parts.appliance;
  const waiting = store.reads.queue.outbox().find((one) => one.destination === "crm");
  const finding = examineCrm(config);
  return {
    frame: frameOf(exchange, "settings"), test, isSet: config.crm.url !== undefined,
    finding: isAdmin(exchange) || !finding.ok || config.crm.url === undefined ? finding : { ...finding, detail: "an address is set, and results are signed" },
    outbox: { waiting: waiting?.waiting ?? 0, parked: waiting?.parked ?? 0, disabled: waiting?.disabled ?? null },
    settings: settingsBelow(exchange, "crm"),
  };
}
