// The web server: API for machines, dashboard for people. Knows the house only through Appliance and Store.
export { createHttpServer, type HttpServer } from "./server.ts";
export type { HttpDeps } from "./deps.ts";
