// Every "no" of the web server: RFC 9457 problems with a stable code, for people who use a browser a page that says the same.
import type { ErrorRequestHandler, Request, RequestHandler, Response } from "express";
import { AppError, ERROR_CATALOGUE, type ErrorCode, type Retry } from "../domain/index.ts";
import type { Log } from "../platform/index.ts";
import { contextOf } from "./context.ts";

/** `application/problem+json`: RFC 9457 members, then ours. */
export interface Problem {
  /** `urn:earshot:problem:<code in lower case>` */
  type: string;
  title: string;
  status: number;
  detail: string;
  /** `urn:uuid:<request id>`: quote it when asking for help, the log has the rest */
  instance: string;
  code: ErrorCode;
  retry: Retry;
  /** for 400 and 422: which value is wrong and what is expected there */
  problems?: readonly { path: string; message: string }[];
}

/** Headers that belong to the answer that was planned, not to the problem that is sent instead. */
const PLANNED_HEADERS = ["Content-Disposition", "Content-Encoding", "Content-Length", "ETag", "Last-Modified", "Accept-Ranges"];

/** Seconds to wait when whoever said no did not name a time. */
const DEFAULT_WAIT_SECONDS = 10;

/** Anything thrown → what the client sees. Foreign errors become INTERNAL without particulars. Pure. */
export function problemOf(thrown: unknown, requestId: string): Problem {
  const error = asAppError(thrown);
  const listed = error.details["problems"];
  return {
    type: `urn:earshot:problem:${error.code.toLowerCase()}`,
    title: ERROR_CATALOGUE[error.code].title,
    status: error.status,
    detail: error.message,
    instance: `urn:uuid:${requestId}`,
    code: error.code,
    retry: error.retry,
    ...(Array.isArray(listed) ? { problems: listed as readonly { path: string; message: string }[] } : {}),
  };
}

/** Express and its parsers throw errors with a status; their kinds map to ours. Everything else is INTERNAL. */
export function asAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  const status = (thrown as { status?: unknown } | null)?.status;
  if (status === 416) return new AppError("RANGE_INVALID", "The requested range begins after the end of the recording; ask for bytes within its length", { cause: thrown });
  if (status === 413) return new AppError("TOO_LARGE", "The request is larger than allowed here; send less", { cause: thrown });
  if (status === 400) return new AppError("REQUEST_MALFORMED", "The address or the body of the request cannot be decoded; check its percent-encoding and its format", { cause: thrown });
  return new AppError("INTERNAL", "Something went wrong inside Earshot; try again, and if it stays, look in the log for this request's id", { cause: thrown });
}

/** What draws a problem for a browser; undefined when this address is for machines. */
export type ProblemPage = (req: Request, problem: Problem) => string | undefined;

/** Last in line. Logs what nobody foresaw, answers everything. */
export function createProblemHandler(log: Log, page: ProblemPage): ErrorRequestHandler {
  return (thrown: unknown, req, res, _next) => {
    // Express knows an error handler by its four parameters.
    const context = contextOf(req);
    const error = asAppError(thrown);
    if (error.status >= 500) log.error({ event: "http.failed", requestId: context.id, route: context.route, code: error.code, err: error.cause ?? error }, "request failed");
    if (res.headersSent) {
      res.destroy(); // half an answer must not look like a whole one
      return;
    }
    const problem = problemOf(error, context.id);
    for (const name of PLANNED_HEADERS) res.removeHeader(name);
    res.status(problem.status).setHeader("Cache-Control", "no-store");
    if (problem.status === 429 || problem.status === 503) res.setHeader("Retry-After", String(waitSeconds(error)));
    if (problem.status === 401 && !res.hasHeader("WWW-Authenticate")) res.setHeader("WWW-Authenticate", 'Bearer realm="earshot"');
    if (!req.complete) abandonBody(req);
    const html = page(req, problem);
    if (html !== undefined) res.type("html").send(html);
    else res.type("application/problem+json").send(JSON.stringify(problem));
  };
}

/** After all routes: there is nothing at this address. */
export const noSuchPlace: RequestHandler = () => {
  throw new AppError("NOT_FOUND", "There is nothing at this address; /openapi.json lists every address");
};

function waitSeconds(error: AppError): number {
  const named = error.details["retryAfterSeconds"];
  return typeof named === "number" && named > 0 ? Math.ceil(named) : DEFAULT_WAIT_SECONDS;
}

/**
 * The rest of a refused body is read and thrown away, so that the client sees the answer instead of a reset connection; but not for
 * ever: after 5 seconds the connection is cut.
 */
function abandonBody(req: Request): void {
  req.resume();
  const timer = setTimeout(() => {
    if (!req.complete) req.socket.destroy();
  }, 5000);
  timer.unref();
  req.once("close", () => clearTimeout(timer));
}

/**
 * Sends JSON that nobody may keep: everything here is about people. `end` with text writes head and body as one piece; `res.json` writes two,
 * which cost about 40 of 270 µs of processor time per webhook where it was measured.
 */
export function sendJson(res: Response, body: unknown, status = 200): void {
  const text = JSON.stringify(body);
  res.statusCode = status;
  res.setHeader("Cache-Control", "no-store");
  res.setHeader("Content-Type", "application/json; charset=utf-8");
  res.setHeader("Content-Length", Buffer.byteLength(text));
  res.end(text);
}
