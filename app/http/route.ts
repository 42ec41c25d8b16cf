// What a line of the route table is: address, who may, what the documentation says, what it does.
import type { Request, Response } from "express";
import type { z } from "zod";
import type { ErrorCode, Role } from "../domain/index.ts";
import type { Access, Guard } from "./auth.ts";
import type { Assets } from "./assets.ts";
import type { RequestContext } from "./context.ts";
import type { FailureLimit } from "./failure-limit.ts";
import type { LoginLimit } from "./login-limit.ts";
import type { Appliance } from "../pipeline/index.ts";
import type { WebhookDoor } from "../intake/index.ts";
import type { LiveConnections } from "./live-connections.ts";

/** Everything a route may use. */
export interface RouteParts {
  appliance: Appliance;
  intake: WebhookDoor;
  version: string;
  assets: Assets;
  guard: Guard;
  /** failed signatures of webhooks, per address and source */
  signatureFailures: FailureLimit;
  /** wrong one-time codes, per address */
  loginFailures: FailureLimit;
  /** passwords, per address and per login name */
  loginLimit: LoginLimit;
  live: LiveConnections;
  /** the OpenAPI document, made once */
  openapi: () => unknown;
}

/** One request on its way through a route. */
export interface Exchange {
  req: Request;
  res: Response;
  context: RequestContext;
  parts: RouteParts;
}

/** An answer in the documentation. `schema` for JSON, `media` for everything else. */
export interface Answer {
  description: string;
  schema?: z.ZodType;
  media?: string;
}

export interface RouteDocs {
  /** operationId */
  id: string;
  summary: string;
  /** schema of the query string */
  query?: z.ZodObject;
  /** schema of the body and its media type */
  body?: { media: string; schema: z.ZodType };
  answers: Record<number, Answer>;
  /** codes of the problems that this route can answer, beyond those that every route can */
  problems?: readonly ErrorCode[];
}

export interface Route {
  method: "get" | "post" | "put" | "patch" | "delete";
  /** Express path, e.g. `/v1/calls/:call_id` */
  path: string;
  access: Access;
  /** answers HTML: whoever is not logged in is shown the way to the login, problems are pages */
  isPage?: true;
  docs: RouteDocs;
  /** parse → call → render */
  handle(exchange: Exchange): Promise<void> | void;
}

/** Who reads calls; an agent only own ones. */
export const READERS: readonly Role[] = ["admin", "supervisor", "analyst", "agent"];
/** Readers of a route that shows each asker only what is in its scope; every other route refuses whoever does not see the whole house. */
export const NARROWED_READERS = { roles: READERS, narrowed: true } as const;
/** Who sees the whole house. */
export const OVERSEERS: readonly Role[] = ["admin", "supervisor", "analyst"];
/** Who sets something going again. */
export const MENDERS: readonly Role[] = ["admin", "supervisor"];
/** Menders of a route that touches nothing but contacts in the scope of the asker. */
export const NARROWED_MENDERS = { roles: MENDERS, narrowed: true } as const;
/** Who brings calls in. */
export const FEEDERS: readonly Role[] = ["admin", "supervisor", "intake"];
