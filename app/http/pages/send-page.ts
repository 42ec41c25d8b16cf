// What every page does alike: how it is sent, where a browser without login goes, how a problem looks.
import type { Request } from "express";
import { renderProblem, urlPart } from "../../ui/index.ts";
import { present } from "../checked.ts";
import { sendText } from "../compression.ts";
import { frameOf } from "../frame.ts";
import type { Problem } from "../problem.ts";
import type { Exchange, RouteParts } from "../route.ts";

/** Rows of a list that one page shows. */
export const PAGE_SIZE = 50;

/** What the documentation says of every page. */
export const PAGE_ANSWERS = { 200: { description: "The page", media: "text/html" } };

export function sendPage({ res }: Pick<Exchange, "res">, text: string, status = 200): void {
  sendText(res.status(status).set("Cache-Control", "no-store").type("html"), text);
}

/** After a form: the answer that a reload does not send again. */
export function goTo({ res }: Pick<Exchange, "res">, address: string): void {
  res.set("Cache-Control", "no-store").redirect(303, address);
}

/** Where a browser without login goes, and back to where it wanted. */
export function wayToLogin(req: Request): string {
  return req.originalUrl === "/" ? "/login" : `/login?next=${urlPart(req.originalUrl.slice(0, 500))}`;
}

/** A page for a problem, when the asker is a browser and the address is not one for machines. */
export function problemPage(req: Request, problem: Problem, parts: RouteParts): string | undefined {
  if (req.path.startsWith("/v1/") || req.accepts(["json", "html"]) !== "html") return undefined;
  return renderProblem({ frame: frameOf({ parts }, null), title: problem.title, detail: problem.detail, code: problem.code, instance: problem.instance });
}

/** @returns address of the page after this one, with the same filters; null on the last */
export function nextAddress(path: string, cursor: string | null, rest: Record<string, string | undefined>): string | null {
  return cursor === null ? null : `${path}?${new URLSearchParams({ ...present(rest), cursor } as Record<string, string>).toString()}`;
}

/** Name under which people know a customer, else the first address; each customer is read once. */
export function customerNames({ parts }: Exchange): (id: string | null) => string | null {
  const known = new Map<string, string | null>();
  return (id) => {
    if (id === null) return null;
    if (!known.has(id)) {
      const customer = parts.appliance.store.reads.customer(id);
      known.set(id, customer?.name ?? customer?.identities[0]?.value ?? null);
    }
    return known.get(id) ?? null;
  };
}
