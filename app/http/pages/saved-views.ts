// Views that people keep: made, renamed and deleted by forms; each person's own.
import { z } from "zod";
import { AppError } from "../../domain/index.ts";
import { listAddress, queryText, without, type KeptView } from "../../ui/index.ts";
import { checked, pathPart } from "../checked.ts";
import { NARROWED_READERS, type Exchange, type Route } from "../route.ts";
import { chosenOf, conversationsQuery } from "./conversation-query.ts";
import { readFields } from "../form.ts";
import { goTo } from "./send-page.ts";
import { by } from "../by.ts";

const name = z.string().trim().min(1, "expected a name").max(60);
const keepForm = z.object({ name, query: z.string().max(4000).describe("filters as in the address of the page, without ?") });
const renameForm = keepForm.pick({ name: true });
const form = (schema: z.ZodType) => ({ media: "application/x-www-form-urlencoded", schema });

export const viewRoutes: Route[] = [
  {
    method: "post", path: "/conversations/views", access: NARROWED_READERS, isPage: true,
    docs: { id: "keepView", summary: "Dashboard: keep filters under a name", body: form(keepForm), answers: { 303: { description: "Kept; back to the list" } }, problems: ["REQUEST_INVALID", "CONFLICT", "TOO_LARGE"] },
    async handle(exchange) {
      const owner = ownerOf(exchange);
      const { name: asked, query } = checked(keepForm, await formOf(exchange), "form");
      const chosen = without(chosenOf(checked(conversationsQuery, Object.fromEntries(new URLSearchParams(query)), "query")));
      const { id } = exchange.parts.appliance.store.savedViews.keep(owner, asked, queryText(chosen));
      changed(exchange, "view.kept", id, listAddress(chosen));
    },
  },
  {
    method: "post", path: "/conversations/views/:id/rename", access: NARROWED_READERS, isPage: true,
    docs: { id: "renameView", summary: "Dashboard: another name for a kept view", body: form(renameForm), answers: { 303: { description: "Renamed; back to the list" } }, problems: ["REQUEST_INVALID", "NOT_FOUND", "CONFLICT", "TOO_LARGE"] },
    async handle(exchange) {
      const owner = ownerOf(exchange);
      const { name: asked } = checked(renameForm, await formOf(exchange), "form");
      const view = exchange.parts.appliance.store.savedViews.rename(owner, pathPart(exchange.req, "id"), asked);
      if (view === undefined) throw unknown();
      changed(exchange, "view.renamed", view.id, `/conversations?${view.query}`);
    },
  },
  {
    method: "post", path: "/conversations/views/:id/delete", access: NARROWED_READERS, isPage: true,
    docs: { id: "deleteView", summary: "Dashboard: delete a kept view", answers: { 303: { description: "Deleted; back to the list" } }, problems: ["NOT_FOUND", "CONFLICT"] },
    handle(exchange) {
      const id = pathPart(exchange.req, "id");
      if (!exchange.parts.appliance.store.savedViews.drop(ownerOf(exchange), id)) throw unknown();
      changed(exchange, "view.deleted", id, "/conversations");
    },
  },
];

/** What this person keeps; null for machines, which keep nothing. */
export function keptViews({ context, parts }: Exchange): KeptView[] | null {
  return context.principal.kind === "user" ? parts.appliance.store.savedViews.of(context.principal.id) : null;
}

/** Whoever came by a one-time code has no account that views could belong to: they are the login's. */
export function isPassing({ context: { principal } }: Exchange): boolean {
  return principal.kind === "user" && principal.id === principal.login;
}

function ownerOf({ context: { principal } }: Exchange): string {
  if (principal.kind !== "user") throw new AppError("CONFLICT", "Views belong to people: log in to keep some; a key can put the filters into the address");
  return principal.id;
}

async function formOf({ req }: Exchange): Promise<Record<string, string>> {
  return Object.fromEntries(await readFields(req));
}

function changed(exchange: Exchange, action: string, id: string, address: string): void {
  exchange.parts.appliance.audit({ ...by(exchange), action, object: { kind: "view", id }, outcome: "ok" });
  goTo(exchange, address);
}

function unknown(): AppError {
  return new AppError("NOT_FOUND", "You keep no such view; it may be deleted already");
}
