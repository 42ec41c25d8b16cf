// A whole appliance inside the test process: real SQLite, ffmpeg, whisper.cpp and HTTP; only time-outs are short.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { startServing, type Served } from "../../app/cli/serve.ts";
import type { CallView } from "../../app/domain/index.ts";
import { loadConfig, silentLog } from "../../app/platform/index.ts";
import type { AssembleOptions } from "../../app/pipeline/index.ts";
import { until } from "./appliance-process.ts";

/** Proof of the telephone system `pbx` in tests. */
export const PBX_TOKEN = "a-token-of-the-telephone-system";

export interface TestAppliance extends Served {
  folder: string;
  /** an admin's key */
  key: string;
  get(path: string): Promise<Response>;
  post(path: string, body?: unknown): Promise<Response>;
  /** a notification of the source `pbx` */
  announce(body: Record<string, unknown>): Promise<Response>;
  upload(file: Buffer, name: string, metadata?: Record<string, unknown>): Promise<Response>;
  /** the call, once it is done or failed */
  finished(callId: string): Promise<CallView>;
  /** stops and removes everything */
  end(): Promise<void>;
}

/** @param settings merged over short waits and the source `pbx`; `folder` below the test's own folder can be watched */
export async function startTestAppliance(settings: Record<string, unknown> & { intake?: Record<string, unknown>; analysis?: Record<string, unknown> } = {}, options: AssembleOptions = {}): Promise<TestAppliance> {
  const folder = mkdtempSync(join(tmpdir(), "earshot-test-"));
  const watched = join(folder, "watched");
  mkdirSync(watched);
  const { intake = {}, analysis = {}, ...rest } = settings;
  const file = join(folder, "earshot.yaml");
  writeFileSync(
    file,
    stringify({
      data_dir: join(folder, "data"),
      log_level: "silent",
      http: { port: 0 },
      queue: { max_attempts: 3 },
      analysis: { encoder: false, ...analysis }, // half a second of the processor for each appliance; its own tests have it
      ...rest,
      intake: {
        allow_http: true,
        recording_hosts: ["127.0.0.1"],
        disk_reserve_mb: 0,
        sources: [{ name: "pbx", auth: { type: "bearer", tokens: [PBX_TOKEN] } }],
        folders: [{ path: watched, source: "folder", settle_seconds: 0.3, sweep_seconds: 0.3, name_template: "freepbx" }],
        ...intake,
      },
    }),
  );
  const served = await startServing(loadConfig(file, {}), { log: silentLog, ...options });
  const key = served.appliance.store.access.createKey("test", "admin");
  const send = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${served.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body === undefined || body instanceof FormData ? {} : { "content-type": "application/json" }), ...headers },
      ...(body === undefined ? {} : { body: body instanceof FormData || typeof body === "string" ? body : JSON.stringify(body) }),
    });
  return {
    ...served,
    folder,
    key,
    get: (path) => send("GET", path),
    post: (path, body) => send("POST", path, body),
    announce: (body) => send("POST", "/v1/webhooks/calls/pbx", body, { authorization: `Bearer ${PBX_TOKEN}` }),
    upload(bytes, name, metadata) {
      const form = new FormData();
      if (metadata !== undefined) form.set("metadata", JSON.stringify(metadata));
      form.set("recording", new Blob([new Uint8Array(bytes)]), name);
      return send("POST", "/v1/calls", form);
    },
    finished: (callId) =>
      until(`${callId} is finished`, 60_000, async () => {
        const response = await send("GET", `/v1/calls/${encodeURIComponent(callId)}`);
        if (response.status !== 200) return undefined;
        const call = (await response.json()) as CallView;
        return call.status === "done" || call.status === "failed" ? call : undefined;
      }),
    async end() {
      await served.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
