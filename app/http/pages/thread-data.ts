// Everything that the page of a customer shows, out of the store: bounded reads of a few milliseconds each.
import { AppError, isId, type ContextView, type TimelineEntry, type TurnStretch } from "../../domain/index.ts";
import { toUtcMs } from "../../intake/index.ts";
import type { TimelinePlace, TimelineStretch } from "../../store/index.ts";
import { customerAddress, type FormCard, type FoundRow, type MatterDetail, type MergeRow, type Note, type ThreadView, type TodoItem } from "../../ui/index.ts";
import { present } from "../checked.ts";
import { frameOf } from "../frame.ts";
import { reachesMatter } from "../reach.ts";
import type { Exchange } from "../route.ts";
import type { ThreadScope } from "./thread-scope.ts";
import type { ThreadQuery as Query } from "./thread-query.ts";

/** Entries of one stretch: two screens, and with their lines well below 150 kB. */
const ENTRIES = 24;
/** Lines of calls that come with the first view: of one call, and of all; longer calls are fetched when they are opened. */
const LINES_OF_CALL = 40;
const LINES_OF_PAGE = 120;
const LINES_OPEN = 200;
const MATTERS = 12;
const FOUND = 20;
const PROOFS = 600;
/** Forms of open conversations come first; then those of the latest ones. */
const FORMS = 5;

const NOTES = { changed: "The conversation was changed; what you set stays, whatever comes later.", moved: "The contact was put where it belongs.", consent: "It is written down, and it counts from now on.", linked: "The address belongs to this customer now." } as const;

/** @param query as checked */
export async function readThread(exchange: Exchange, scope: ThreadScope, query: Query): Promise<ThreadView> {
  const { appliance } = exchange.parts;
  const { reads } = appliance.store;
  const { timeline, people, context } = reads;
  const { customerId, filter, isWhole } = scope;
  const customer = reads.customer(customerId);
  if (customer === undefined) throw new AppError("NOT_FOUND", "There is no customer with this id");
  const wanted = query.around ?? query.session;
  const place = wanted === undefined ? undefined : timeline.placeOf(customerId, wanted, filter);
  const matter = isWhole && place === undefined && query.conversation !== undefined ? matterOf(exchange, customerId, query.conversation) : null;
  const part = place === undefined ? present({ channel: query.channel, conversationId: matter?.id }) : {};
  const open = [place?.entryId, query.open].filter((one) => one !== undefined);
  const stretch = timeline.stretch(customerId, { ...filter, ...part }, whereOf(query, place, exchange), ENTRIES, open);
  const next = isWhole ? (appliance.context.of(customerId, { messages: 0 }) ?? null) : null;
  const consent = appliance.consents(customerId);
  const channels = timeline.channels(customerId, filter);
  const matters = isWhole ? people.matters(customerId, { limit: MATTERS, ...present({ cursor: query.matters }) }) : { items: [], next: null };
  const names = new Map([...matters.items, ...(isWhole ? people.mattersById(customerId, conversationsOf(stretch.entries)) : [])].map((one) => [one.id, one]));
  const merges = isWhole ? mergesOf(exchange, customerId) : [];
  const forms = isWhole ? formsOf(exchange, next, [matter?.id, ...matters.items.slice(0, FORMS).map((one) => one.id)]) : [];
  const todo = isWhole ? context.conversations(customerId, 20).filter((one) => one.status !== "resolved").flatMap((one): TodoItem[] => one.findings?.action_items ?? []).slice(0, 20) : [];
  const addresses = people.addresses(customerId).filter((one) => isWhole || !one.isClaim);
  const since = addresses.filter((one) => !one.isClaim).map((one) => one.firstSeenAt).sort()[0] ?? customer.created_at;
  const frame = frameOf(exchange, "customers");
  const address = (rest: Record<string, string | null>): string => customerAddress(customerId, { ...present({ channel: part.channel, conversation: matter?.id }), ...rest });
  const draft = { entries: stretch.entries, next, forms, todo, matter, consent };
  return {
    frame, customer: { id: customerId, name: customer.name, firstContactAt: since }, isWhole, canChange: frame.canMend && frame.seesAll, changeable: new Set([...matters.items.map((one) => one.id), ...(matter === null ? [] : [matter.id])].filter((id) => matter !== null && frame.canMend && reachesMatter(exchange, id))), note: noteOf(query.note, merges),
    addresses, channels, shown: { channel: part.channel ?? null, q: query.q === "" ? null : (query.q ?? null), date: query.date ?? null, around: wanted ?? null },
    ...draft, consent: isWhole ? consent : { ...consent, records: [], decisions: consent.decisions.filter((one) => one.channel === "any" || channels.includes(one.channel)) },
    turns: turnsOf(stretch.entries, open, query.around, exchange), open, ...neighbours(stretch, address), names, matters: { rows: matters.items, next: matters.next === null ? null : address({ matters: matters.next }) }, merges, duplicates: isWhole ? duplicatesOf(exchange, customerId) : [],
    found: await findIn(exchange, scope, query), proofs: new Map(timeline.proofs(customerId, evidenceOf(draft).slice(0, PROOFS), filter).map((one) => [one.id, one])),
  };
}

function whereOf({ before, after, date }: Query, place: { place: { at: number; id: string } } | undefined, { parts }: Exchange): TimelinePlace {
  if (place !== undefined) return { at: "around", place: place.place };
  if (before !== undefined) return { at: "before", cursor: before };
  if (after !== undefined) return { at: "after", cursor: after };
  const [year, month, day] = date?.split("-").map(Number) ?? [];
  const ms = year === undefined || month === undefined || day === undefined ? undefined : toUtcMs({ year, month, day, hour: 0, minute: 0, second: 0 }, parts.appliance.config.site.timezone);
  return ms === undefined ? { at: "end" } : { at: "from", ms };
}

function neighbours({ earlier, later }: TimelineStretch, address: (rest: Record<string, string | null>) => string): Pick<ThreadView, "earlier" | "later" | "newest"> {
  return { earlier: earlier === null ? null : address({ before: earlier }), later: later === null ? null : address({ after: later }), newest: later === null ? null : address({}) };
}

/** Short calls have their lines at once, the newest first, until there are enough; opened ones a stretch of theirs. */
function turnsOf(entries: readonly TimelineEntry[], open: readonly string[], around: string | undefined, { parts }: Exchange): Map<string, TurnStretch> {
  const { timeline } = parts.appliance.store.reads;
  const found = new Map<string, TurnStretch>();
  let left = LINES_OF_PAGE;
  for (const entry of [...entries].reverse()) {
    if (entry.kind !== "call" || entry.turnCount === 0) continue;
    if (open.includes(entry.id)) found.set(entry.id, timeline.turns(entry.id, LINES_OPEN, around));
    else if (entry.turnCount <= Math.min(LINES_OF_CALL, left)) {
      found.set(entry.id, timeline.turns(entry.id, LINES_OF_CALL));
      left -= entry.turnCount;
    }
  }
  return found;
}

function conversationsOf(entries: readonly TimelineEntry[]): string[] {
  return [...new Set(entries.flatMap((entry) => entry.conversationId ?? []))];
}

/** @throws AppError NOT_FOUND for a conversation of somebody else */
function matterOf({ parts }: Exchange, customerId: string, id: string): MatterDetail {
  const { reads } = parts.appliance.store;
  const found = isId("cnv", id) ? reads.conversation(id) : undefined;
  if (found?.customer_id !== customerId) throw new AppError("NOT_FOUND", "This customer has no such conversation; the page of the customer lists them");
  return { ...found, activities: found.activities.map((one) => ({ ...one, by: reads.actorName(one.by) })) };
}

function formsOf({ parts }: Exchange, next: ContextView | null, conversations: readonly (string | undefined)[]): FormCard[] {
  const { workflows } = parts.appliance;
  const open = next?.workflows ?? [];
  const others = [...new Set(conversations)].flatMap((id) => (id === undefined || open.some((one) => one.conversation_id === id) ? [] : workflows.ofConversation(id)));
  return [...open, ...others].filter((one) => one.state !== "abandoned" || Object.keys(one.slots).length > 0).slice(0, FORMS).map((one) => ({ ...one, questions: workflows.questions(one.workflow) }));
}

function mergesOf({ parts }: Exchange, customerId: string): MergeRow[] {
  const { threads, store } = parts.appliance;
  return threads.merges(customerId).map(({ customer_id, other, ...one }) => {
    const isPassive = other === customerId;
    return { ...one, by: store.reads.actorName(one.by ?? "earshot"), isPassive, other: isPassive ? customer_id : other, otherName: store.reads.people.ownName(isPassive ? customer_id : other) };
  });
}

function duplicatesOf({ parts }: Exchange, customerId: string): ThreadView["duplicates"] {
  const { threads, store } = parts.appliance;
  return threads.duplicates(customerId).slice(0, 5).map(({ customer_id: id, reason }) => {
    const customer = store.reads.customer(id);
    return { id, reason, name: customer?.name ?? null, address: customer?.identities[0]?.value ?? null };
  });
}

function noteOf(note: Query["note"], merges: readonly MergeRow[]): Note | null {
  if (note === undefined) return null;
  if (note in NOTES) return { kind: "changed", words: NOTES[note as keyof typeof NOTES] };
  const row = merges.find((one) => one.merge_id === note);
  return row === undefined ? null : { kind: "merge", row };
}

async function findIn({ parts, res }: Exchange, { customerId, filter }: ThreadScope, { q, more }: Query): Promise<ThreadView["found"]> {
  if (q === undefined || q === "") return null;
  const gone = new AbortController();
  res.once("close", () => gone.abort());
  try {
    const { items, next } = await parts.appliance.search.messages(q, { customerId, ...filter }, { limit: FOUND, ...present({ cursor: more }) }, gone.signal);
    return { rows: items.map(({ message, snippet }): FoundRow => ({ id: message.id, channel: message.channel, speaker: message.speaker, at: message.at, snippet })), next: next === null ? null : customerAddress(customerId, { q, more: next }) };
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === "REQUEST_INVALID" && more === undefined) return { rows: [], next: null }; // nothing but signs was typed
    throw thrown;
  }
}

/** Every message that something on the page rests on. */
function evidenceOf({ entries, next, forms, todo, matter, consent }: Pick<ThreadView, "entries" | "next" | "forms" | "todo" | "matter" | "consent">): string[] {
  const open = next?.open_conversations ?? [];
  return [...new Set([
    ...(next?.trying_to?.evidence ?? []), ...(next?.ephemeral?.evidence ?? []), ...(next?.last_interaction?.summary_points.flatMap((one) => one.evidence) ?? []),
    ...open.flatMap((one) => [...one.promises.flatMap((promise) => promise.evidence), ...(one.risks === null ? [] : [...one.risks.escalation.evidence, ...one.risks.churn.evidence])]),
    ...todo.flatMap((one) => one.evidence), ...forms.flatMap((form) => Object.values(form.slots).flatMap((slot) => slot.evidence)), ...(matter?.summary_points.flatMap((one) => one.evidence) ?? []),
    ...(consent?.records.slice(0, 50).flatMap((one) => (one.proof !== null && isId("msg", one.proof) ? [one.proof] : [])) ?? []),
    ...entries.flatMap((entry) => (entry.kind === "call" ? (entry.found?.points.flatMap((point) => point.evidence.slice(0, 1)) ?? []) : [])),
  ])];
}
