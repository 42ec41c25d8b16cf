// Puts the web server over a fake appliance; every test gets its own and takes it down again.
import supertest from "supertest";
import { AppError, type CallNotification } from "../../app/domain/index.ts";
import type { Config } from "../../app/platform/index.ts";
import { createHttpServer, type HttpServer } from "../../app/http/index.ts";
import type { WebhookDoor } from "../../app/intake/index.ts";
import { fakeAppliance, KEYS, type FakeAppliance } from "./fake-appliance.ts";
import type { Role } from "../../app/domain/index.ts";

export interface Harness {
  fake: FakeAppliance;
  server: HttpServer;
  agent: ReturnType<typeof supertest>;
  /** what the door answers next; by default it asks for `Bearer 0123456789abcdef` and reads the generic body */
  door: WebhookDoor;
  end(): Promise<void>;
}

export function start(settings?: Config, door?: Partial<WebhookDoor>): Harness {
  const fake = fakeAppliance(settings);
  const whole = { ...plainDoor, ...door };
  const server = createHttpServer(fake, { intake: whole, version: "0.0.0-test" });
  return {
    fake,
    server,
    agent: supertest(server.app),
    door: whole,
    async end() {
      await server.close();
      fake.cleanUp();
    },
  };
}

/** Headers of a machine with this role. */
export function as(role: Role): { Authorization: string } {
  return { Authorization: `Bearer ${KEYS[role]}` };
}

/** Keeps the order honest: it refuses to parse what it has not verified. */
const plainDoor: WebhookDoor = {
  verify(source, { headers, rawBody }) {
    if (source.auth.type === "bearer" && headers["authorization"] !== "Bearer 0123456789abcdef") throw new AppError("UNAUTHENTICATED", "The token is missing or wrong");
    verified.add(rawBody);
    return { contentDigest: "none" };
  },
  parse(_source, { rawBody }) {
    if (!verified.has(rawBody)) throw new Error("parsed before it was verified");
    let body: { call_id: string; recording_url?: string };
    try {
      body = JSON.parse(rawBody.toString("utf8")) as typeof body;
    } catch {
      throw new AppError("REQUEST_MALFORMED", "The body is not JSON");
    }
    if (typeof body.call_id !== "string") throw new AppError("REQUEST_INVALID", "call_id: expected text", { details: { problems: [{ path: "call_id", message: "expected text" }] } });
    const facts = { callId: body.call_id };
    const notification: CallNotification = body.recording_url === undefined ? { kind: "call.ended", facts } : { kind: "recording.ready", facts, recording: { url: body.recording_url } };
    return [notification];
  },
};
const verified = new WeakSet<Buffer>();
