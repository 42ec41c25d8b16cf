// The web server: listens, bounds how long a request may take, and stops without cutting anybody off.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Express } from "express";
import { AppError } from "../domain/index.ts";
import { createApplication } from "./application.ts";
import type { Appliance } from "../pipeline/index.ts";
import type { HttpDeps } from "./deps.ts";

/** All headers must be there after 15 s: slow ones only hold connections. */
const HEADERS_TIMEOUT_MS = 15_000;
/** A whole request, with the largest upload over a slow line; other bodies have 15 s (body.ts). */
const REQUEST_TIMEOUT_MS = 30 * 60_000;
/** Nothing at all on a connection for this long ends it; event streams send a heartbeat every 15 s. */
const IDLE_TIMEOUT_MS = 120_000;
/** Longer than the 60 s after which common proxies drop an idle connection, so that the proxy is the one who closes it. */
const KEEP_ALIVE_MS = 65_000;
const MAX_HEADER_BYTES = 16 * 1024;
/** What is still running after this long when the server stops is cut off: the whole appliance has 10 s. */
const CLOSE_GRACE_MS = 5000;

export interface HttpServer {
  /** for tests that need no port */
  readonly app: Express;
  /** @returns address on which it listens, e.g. `http://127.0.0.1:8090` @throws AppError CONFIG_INVALID when the port is taken or not allowed */
  listen(): Promise<{ url: string }>;
  /** No new connections; requests in flight finish (5 s at most), event streams end at once. Does nothing when not listening. */
  close(): Promise<void>;
}

export function createHttpServer(appliance: Appliance, deps: HttpDeps): HttpServer {
  const { app, live, stop } = createApplication(appliance, deps);
  const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES, headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS, keepAliveTimeout: KEEP_ALIVE_MS, connectionsCheckingInterval: 5000 }, (req, res) => {
    if (!server.listening) res.setHeader("Connection", "close"); // stopping: this answer is the last on its connection
    app(req, res);
  });
  server.timeout = IDLE_TIMEOUT_MS;
  const { host, port } = appliance.config.http;

  return {
    app,
    listen: () =>
      new Promise((resolve, reject) => {
        server.once("error", (cause: NodeJS.ErrnoException) => reject(cannotListen(host, port, cause)));
        server.listen(port, host, () => resolve({ url: urlOf(server.address() as AddressInfo) }));
      }),
    async close() {
      live.endAll();
      stop();
      if (!server.listening) return;
      const cut = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
      const idle = setInterval(() => server.closeIdleConnections(), 20); // a connection whose last answer is out would be kept alive
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      });
      clearTimeout(cut);
      clearInterval(idle);
    },
  };
}

/** All interfaces are reached on this machine as localhost. */
function urlOf({ address, family, port }: AddressInfo): string {
  if (address === "0.0.0.0" || address === "::") return `http://localhost:${port}`;
  return `http://${family === "IPv6" ? `[${address}]` : address}:${port}`;
}

function cannotListen(host: string, port: number, cause: NodeJS.ErrnoException): AppError {
  const why = { EADDRINUSE: "another program uses it; stop that program or set http.port", EACCES: "ports below 1024 need a privilege; set http.port to 8090, for instance", EADDRNOTAVAIL: "this machine has no such address; correct http.host" }[cause.code ?? ""];
  return new AppError("CONFIG_INVALID", `Earshot cannot listen on ${host}:${port}: ${why ?? "check http.host and http.port"}`, { cause });
}
