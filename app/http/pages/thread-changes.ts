// What people decide on the page of a customer: who is who, what belongs together, what state a matter is in, what was agreed to. Each leads back to the page.
import { z } from "zod";
import { AppError, channelSchema, CONSENT_PURPOSES, CONSENT_STATES, IDENTITY_KINDS, isId, normaliseWaId } from "../../domain/index.ts";
import { customerAddress } from "../../ui/index.ts";
import { checked, pathPart } from "../checked.ts";
import { reachesMatter, reachesMove } from "../reach.ts";
import { MENDERS, NARROWED_MENDERS, type Exchange, type Route } from "../route.ts";
import { normalised } from "../routes/threads.ts";
import { threadScope } from "./thread-scope.ts";
import { readFields } from "../form.ts";
import { goTo } from "./send-page.ts";
import { by } from "../by.ts";

/** The longest form, a split of 100 addresses, stays far below. */
const MAX_FORM_BYTES = 64 * 1024;

const text = (max: number) => z.string().trim().max(max);
const mergeForm = z.object({ other: z.string(), reason: text(500).default("").transform((why) => (why === "" ? "A person said so" : why)) });
const undoForm = z.object({ merge_id: z.string() });
const splitForm = z.object({ identity: z.array(z.string().max(340)).min(1, "expected at least one address that is another person's").max(100) });
const linkForm = z.object({ kind: z.enum(IDENTITY_KINDS), value: text(320).min(1) });
const matterForm = z.object({ status: z.enum(["open", "waiting", "resolved", "reopened"]).describe("reopened: as it is"), owner: text(200), queue: text(200), reason: text(200) });
const moveForm = z.object({ conversation_id: z.string().default("") });
const consentForm = z.object({ purpose: z.enum(CONSENT_PURPOSES), channel: channelSchema, state: z.enum(CONSENT_STATES), proof: text(500).default("") });

const problems = ["REQUEST_MALFORMED", "REQUEST_INVALID", "NOT_FOUND", "CONFLICT", "TOO_LARGE", "SHUTTING_DOWN"] as const;

/** A form of the page: `act` does it and says where to go on. @param access without it, whoever is bound to agents may not: who is who concerns everybody's contacts */
function change<S extends z.ZodObject>(path: string, id: string, summary: string, schema: S, act: (form: z.output<S>, customerId: string, exchange: Exchange) => Promise<string>, access: Route["access"] = { roles: MENDERS }): Route {
  return {
    method: "post", path: `/customers/:id/${path}`, access, isPage: true,
    docs: { id, summary: `Dashboard: ${summary}`, body: { media: "application/x-www-form-urlencoded", schema }, answers: { 303: { description: "Back to the customer" } }, problems },
    async handle(exchange) {
      const { customerId } = threadScope(exchange);
      goTo(exchange, await act(await formOf(schema, exchange), customerId, exchange));
    },
  };
}

export const threadChanges: Route[] = [
  change("merge", "mergeForm", "these two are one person", mergeForm, async ({ other, reason }, id, exchange) => {
    const { merge_id, customer_id } = await exchange.parts.appliance.threads.merge(id, other, reason, by(exchange));
    return customerAddress(customer_id, { note: merge_id });
  }),
  change("unmerge", "undoForm", "takes a merge or a split back", undoForm, async ({ merge_id }, id, exchange) => {
    const undone = await exchange.parts.appliance.threads.unmerge(id, merge_id, by(exchange));
    return customerAddress(rootOf(undone.customer_id, exchange), { note: merge_id });
  }),
  change("split", "splitForm", "some addresses are another person's", splitForm, async ({ identity }, id, exchange) => {
    const addresses = identity.map((one) => ({ kind: one.slice(0, one.indexOf(" ")), value: one.slice(one.indexOf(" ") + 1) }));
    const { merge_id } = await exchange.parts.appliance.threads.split(id, addresses, [], "A person took them apart", by(exchange));
    return customerAddress(id, { note: merge_id });
  }),
  change("identities", "linkForm", "an address is this customer's", linkForm, async ({ kind, value }, id, exchange) => {
    const { threads } = exchange.parts.appliance;
    const before = new Set(threads.merges(id).map((one) => one.merge_id));
    await threads.link(id, [kind === "wa_id" ? { kind, value: waIdOf(value) } : normalised({ kind, value }, exchange)], by(exchange));
    const root = rootOf(id, exchange);
    const joined = threads.merges(root).findLast((one) => !before.has(one.merge_id) && one.undone_at === null); // somebody had the address: that can be undone
    return customerAddress(root, { note: joined?.merge_id ?? "linked" });
  }),
  change("consents", "consentForm", "writes down what the customer agreed to", consentForm, async ({ proof, ...said }, id, exchange) => {
    await exchange.parts.appliance.setConsents(id, [{ ...said, source: "dashboard", ...(proof === "" ? {} : { proof }) }], by(exchange));
    return `${customerAddress(id, { note: "consent" })}#consent`;
  }),
  change("conversations/:conversation", "matterForm", "status, owner, queue or reason of a conversation", matterForm, async (form, id, exchange) => {
    const { store, threads } = exchange.parts.appliance;
    const asked = pathPart(exchange.req, "conversation");
    const matter = isId("cnv", asked) ? store.reads.conversation(asked) : undefined;
    if (matter?.customer_id !== id) throw new AppError("NOT_FOUND", "This customer has no such conversation");
    if (!reachesMatter(exchange, matter.id)) throw shared();
    const said = Object.entries({ ...form, owner: form.owner || null, queue: form.queue || null, reason: form.reason || null }).filter(([field, value]) => matter[field as keyof typeof form] !== value && value !== "reopened"); // what was left as it is stays open to the rules
    if (said.length > 0) await threads.change(matter.id, Object.fromEntries(said), by(exchange));
    return customerAddress(id, { conversation: matter.id, note: "changed" });
  }, NARROWED_MENDERS),
  change("sessions/:session/move", "moveForm", "puts a contact into another conversation", moveForm, async ({ conversation_id }, id, exchange) => {
    const { store, threads } = exchange.parts.appliance;
    const session = pathPart(exchange.req, "session");
    if (!isId("ses", session) || store.reads.timeline.placeOf(id, session, {}) === undefined) throw new AppError("NOT_FOUND", "This customer has no such contact");
    if (!reachesMove(exchange, session, conversation_id === "" ? null : conversation_id)) throw shared();
    await threads.move(session, conversation_id === "" ? null : conversation_id, by(exchange));
    return customerAddress(id, { session, note: "moved" });
  }, NARROWED_MENDERS),
];

function shared(): AppError {
  return new AppError("FORBIDDEN", "Contacts of agents who are not yours are in this conversation; ask somebody who sees the whole house to change it");
}

/** Fields that may stand several times are lists. */
async function formOf<S extends z.ZodObject>(schema: S, { req }: Exchange): Promise<z.output<S>> {
  const sent = await readFields(req, MAX_FORM_BYTES);
  const form: Record<string, string | string[]> = {};
  for (const [name, field] of Object.entries(schema.shape)) if (sent.has(name)) form[name] = field instanceof z.ZodArray ? sent.getAll(name) : (sent.get(name) ?? "");
  return checked(schema, form, "form");
}

function rootOf(id: string, { parts }: Exchange): string {
  return parts.appliance.store.reads.customer(id)?.id ?? id;
}

function waIdOf(value: string): string {
  const digits = normaliseWaId(value.replace(/[\s()-]/g, ""));
  if (digits === undefined) throw new AppError("REQUEST_INVALID", "value: this is no WhatsApp number; write it with its country, e.g. +44 20 7946 0018", { details: { problems: [{ path: "value", message: "expected digits with the country" }] } });
  return digits;
}
