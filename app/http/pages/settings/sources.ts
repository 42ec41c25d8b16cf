// Settings: where contacts come from.
import { toRfc3339 } from "../../../domain/index.ts";
import { examineSources, type Finding } from "../../../pipeline/index.ts";
import { publicUrl, type AuthConfig, type Config } from "../../../platform/index.ts";
import { renderSources, type SourceRow, type SourcesView } from "../../../ui/index.ts";
import { frameOf } from "../../frame.ts";
import { actorOf } from "../../principal.ts";
import { OVERSEERS, type Exchange, type Route } from "../../route.ts";
import { PAGE_ANSWERS, sendPage } from "../send-page.ts";
import { isAdmin, settingsBelow } from "./parts.ts";

export const sourcePages: Route[] = [
  {
    method: "get", path: "/settings/sources", access: { roles: OVERSEERS }, isPage: true,
    docs: { id: "settingsSourcesPage", summary: "Dashboard: sources", answers: PAGE_ANSWERS },
    handle: (exchange) => sendPage(exchange, renderSources(viewOf(exchange, null))),
  },
  {
    method: "post", path: "/settings/sources/check", access: { roles: ["admin"] }, isPage: true,
    docs: { id: "checkSourcesForm", summary: "Dashboard: look whether sources are there; posts nothing", answers: PAGE_ANSWERS },
    async handle(exchange) {
      const { context, parts } = exchange;
      const findings = await examineSources(parts.appliance.config);
      parts.appliance.audit({ actor: actorOf(context.principal, context.remoteIp), action: "sources.checked", object: { kind: "config", id: null }, outcome: findings.every((one) => one.ok) ? "ok" : "failed", requestId: context.id });
      sendPage(exchange, renderSources(viewOf(exchange, findings)));
    },
  },
];

function viewOf(exchange: Exchange, findings: readonly Finding[] | null): SourcesView {
  const { config, store, clock, mending } = exchange.parts.appliance;
  const { ledger } = store.reads;
  const last = new Map(ledger.sources().map((one) => [one.source, one.lastMs]));
  const configured = configuredSources(config, isAdmin(exchange));
  const others = [...last.keys()].filter((name) => !configured.some((one) => one.name === name)).map((name): Configured => ({ name, kind: "hand", where: "handed in or imported, or a source that is not configured any more", proof: null, address: null, example: null }));
  return {
    frame: frameOf(exchange, "settings"), findings,
    settings: settingsBelow(exchange, "intake", "channels"),
    sources: [...configured, ...others].map((one): SourceRow => {
      const { failed, announced } = ledger.counts({ source: one.name }, mending.lateRules(), clock.now());
      const lastMs = last.get(one.name);
      return { ...one, failed, announced, lastAt: lastMs === undefined ? null : toRfc3339(lastMs) };
    }),
  };
}

/** How a sender shows that it is the one. */
const PROOFS: Record<AuthConfig["type"], string> = { bearer: "shows a token", basic: "shows a name and a password", standard_webhooks: "signs what it sends", hmac_sha256: "signs what it sends", stripe: "signs what it sends, as Stripe does", chatwoot: "signs what it sends, as Chatwoot does", twilio: "signs what it sends, as Twilio does", espocrm: "signs what it sends, as EspoCRM does", none: "is known only by where it sends from" };

type Configured = Omit<SourceRow, "lastAt" | "failed" | "announced">;

function configuredSources(config: Config, showsAddresses: boolean): Configured[] {
  const url = publicUrl(config);
  const sender = (name: string, adapter: string, auth: AuthConfig, kind: "webhook" | "channel", path: string): Configured => {
    const address = `${url}${path}`;
    return { name, kind, where: adapter === "generic" ? "any system" : adapter, proof: PROOFS[auth.type], address: showsAddresses ? address : null, example: showsAddresses ? exampleOf(address, auth, kind === "webhook" && adapter === "generic") : null };
  };
  const { whatsapp } = config.channels;
  return [
    ...config.intake.folders.map((one): Configured => ({ name: one.source, kind: "folder", where: showsAddresses ? one.path : null, proof: `files are taken when they stand still for ${one.settle_seconds} s`, address: null, example: null })),
    ...config.intake.sources.map((one) => sender(one.name, one.adapter, one.auth, "webhook", `/v1/webhooks/calls/${one.name}`)),
    ...config.channels.fronts.map((one) => sender(one.name, one.adapter, one.auth, "channel", `/v1/webhooks/messages/${one.name}`)),
    ...(whatsapp === undefined ? [] : [{ name: "whatsapp", kind: "channel" as const, where: "WhatsApp Cloud API", proof: "signed by Meta", address: showsAddresses ? `${url}/v1/webhooks/whatsapp` : null, example: null }]),
    ...config.channels.mailboxes.map((one): Configured => ({ name: one.name, kind: "mailbox", where: showsAddresses ? `${one.host}, ${one.folder}` : null, proof: one.sent_folder === undefined ? "answers of agents are not read: no sent_folder is set" : null, address: null, example: null })),
  ];
}

/** What to type at the other side. The secret is the reader's to put in; ways that sign need a program of their own. */
function exampleOf(address: string, auth: AuthConfig, isGeneric: boolean): string | null {
  const proof = auth.type === "bearer" ? ' -H "Authorization: Bearer YOUR-TOKEN"' : auth.type === "basic" ? ' -u "YOUR-USER:YOUR-PASSWORD"' : auth.type === "none" ? "" : undefined;
  if (proof === undefined || !isGeneric) return null;
  return `curl${proof} -H "Content-Type: application/json" \\\n  -d '{"call_id":"test-1","direction":"inbound","from":"+15550100"}' \\\n  ${address}`;
}
