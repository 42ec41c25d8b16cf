// The Express application: the order of the middleware, and the route table put on it.
import express, { type Express, type Request } from "express";
import { AppError } from "../domain/index.ts";
import { loadAssets } from "./assets.ts";
import { createGuard, type Guard } from "./auth.ts";
import { contextOf, openContext } from "./context.ts";
import type { Appliance } from "../pipeline/index.ts";
import type { HttpDeps } from "./deps.ts";
import { createFailureLimit } from "./failure-limit.ts";
import { createLiveConnections, type LiveConnections } from "./live-connections.ts";
import { createLoginLimit } from "./login-limit.ts";
import { openApiDocument } from "./openapi.ts";
import { createProblemHandler, noSuchPlace } from "./problem.ts";
import { createRequestLimit } from "./rate-limit.ts";
import type { Route, RouteParts } from "./route.ts";
import { problemPage, wayToLogin } from "./pages/send-page.ts";
import { ROUTES } from "./routes/table.ts";
import { securityHeaders } from "./security-headers.ts";

/** Failed proofs of one address against one source or the keys, per minute; the 256-bit secrets are what keeps guessers out. */
const FAILURES_PER_MINUTE = 60;
/** Wrong one-time codes of one address in a quarter of an hour, the life of a code. */
const LOGIN_FAILURES = 10;

export interface Application {
  app: Express;
  live: LiveConnections;
  /** ends timers */
  stop: () => void;
}

/**
 * The order, outside in: request id and address → security headers → request limit → route (who → may they → handler) → 405 → 404 → problems.
 * The headers stand before the limit, so that refusals carry them too.
 */
export function createApplication(appliance: Appliance, deps: HttpDeps): Application {
  const { config, clock, store, log } = appliance;
  const limit = createRequestLimit(config.http.requests_per_minute, store);
  const guard = createGuard({ store, failures: createFailureLimit(clock, FAILURES_PER_MINUTE, 60_000), publicUrl: config.http.public_url });
  let openapi: unknown;
  const parts: RouteParts = {
    appliance,
    intake: deps.intake,
    version: deps.version,
    assets: loadAssets(),
    guard,
    signatureFailures: createFailureLimit(clock, FAILURES_PER_MINUTE, 60_000),
    loginFailures: createFailureLimit(clock, LOGIN_FAILURES, 15 * 60_000),
    loginLimit: createLoginLimit(clock),
    live: createLiveConnections(),
    openapi: () => (openapi ??= openApiDocument(ROUTES, deps.version, config.http.public_url ?? "/")),
  };

  const app = express();
  app.disable("x-powered-by");
  app.set("etag", false); // answers are about people and never kept; assets bring their own
  app.set("trust proxy", config.http.trusted_proxies.length === 0 ? false : config.http.trusted_proxies);
  app.use(openContext, securityHeaders, limit.handler);
  addRoutes(app, parts);
  app.use(noSuchPlace, createProblemHandler(log, (req, problem) => problemPage(req, problem, parts)));
  return { app, live: parts.live, stop: limit.stop };
}

/** One Express route per line of the table, then one per path that answers every other method with 405. */
function addRoutes(app: Express, parts: RouteParts): void {
  for (const route of ROUTES) {
    app[route.method](route.path, async (req, res) => {
      const context = contextOf(req);
      context.route = route.path;
      res.once("close", () => parts.appliance.log.debug({ event: "http.answered", requestId: context.id, method: req.method, route: route.path, status: res.statusCode, ms: Math.round(performance.now() - context.startedMs) }));
      const way = admitted(req, () => parts.guard.admit(req, res, route.access), route);
      if (way !== undefined) res.set("Cache-Control", "no-store").redirect(303, way);
      else await route.handle({ req, res, context, parts });
    });
  }
  for (const path of new Set(ROUTES.map((route) => route.path))) {
    const methods = ROUTES.filter((route) => route.path === path).flatMap((route) => (route.method === "get" ? ["GET", "HEAD"] : [route.method.toUpperCase()]));
    const allow = [...methods, "OPTIONS"].join(", ");
    app.all(path, (req, res) => {
      res.setHeader("Allow", allow);
      if (req.method === "OPTIONS") return void res.status(204).end();
      throw new AppError("METHOD_NOT_ALLOWED", `This address takes ${allow}`);
    });
  }
}

/** A browser without login is shown where to log in; everybody else gets the 401. @returns where to go, or undefined to go on */
function admitted(req: Request, admit: () => ReturnType<Guard["admit"]>, route: Route): string | undefined {
  try {
    admit();
    return undefined;
  } catch (thrown) {
    const isLoggedOut = thrown instanceof AppError && thrown.code === "UNAUTHENTICATED" && req.headers.authorization === undefined;
    if (route.isPage && route.method === "get" && isLoggedOut) return wayToLogin(req);
    throw thrown;
  }
}
