// A telephone system as Earshot sees one: it serves recordings, posts notifications and drops files into a folder.
import { createReadStream, statSync } from "node:fs";
import { copyFile, rename } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { AppError } from "../../domain/index.ts";
import type { Net } from "../../platform/index.ts";
import type { SampleCall } from "./sample-calls.ts";

export interface SamplePbx {
  /** Lets one call end: it arrives at Earshot in the way that the sample says. */
  end(call: SampleCall): Promise<void>;
  close(): Promise<void>;
}

export interface SamplePbxOptions {
  calls: readonly SampleCall[];
  /** where Earshot listens */
  earshotUrl: string;
  /** token of the sources `pbx` and `freeswitch` */
  token: string;
  folder: string;
  net: Net;
}

export async function startSamplePbx({ calls, earshotUrl, token, folder, net }: SamplePbxOptions): Promise<SamplePbx> {
  const server = createServer((request, response) => {
    const call = calls.find((one) => request.url === `/recordings/${one.file}`);
    if (call === undefined) return void response.writeHead(404).end();
    response.writeHead(200, { "content-type": "application/octet-stream", "content-length": statSync(call.path).size });
    createReadStream(call.path).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const post = async (source: string, body: unknown): Promise<void> => {
    const response = await net.request({
      url: `${earshotUrl}/v1/webhooks/calls/${source}`,
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify(body),
      policy: { kind: "administered" },
      timeoutMs: 10_000,
    });
    const answer = await response.text();
    if (response.status !== 202) throw new AppError("INTERNAL", `The sample call was answered ${response.status}: ${answer}`);
  };

  return {
    async end(call) {
      const recordingUrl = `${origin}/recordings/${call.file}`;
      if (call.arrives === "webhook") await post("pbx", genericBody(call, recordingUrl));
      if (call.arrives === "freeswitch") {
        await post("freeswitch", freeswitchBody(call));
        await post("freeswitch", { ...freeswitchBody(call), variables: { ...freeswitchBody(call).variables, recording_url: recordingUrl } });
      }
      if (call.arrives === "folder") {
        // Written under another name and renamed, as good recorders do.
        const target = join(folder, call.file_name ?? call.file);
        await copyFile(call.path, `${target}.part`);
        await rename(`${target}.part`, target);
      }
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function genericBody(call: SampleCall, recordingUrl: string): Record<string, unknown> {
  const { call_id, direction, from, to, agent, queue, started_at } = call;
  return { call_id, recording_url: recordingUrl, direction, from, to, agent, queue, started_at };
}

/** The parts of a mod_json_cdr body that matter; its values are percent-encoded, as FreeSWITCH does by default. */
function freeswitchBody(call: SampleCall): { core_uuid: string; channel_data: Record<string, string>; variables: Record<string, string> } {
  const encode = encodeURIComponent;
  return {
    core_uuid: "5e8f1a52-demo",
    channel_data: { state: "CS_REPORTING", direction: call.direction },
    variables: {
      uuid: call.call_id,
      direction: call.direction,
      caller_id_number: encode(call.from),
      destination_number: encode(call.to),
      start_epoch: String(Math.floor(Date.parse(call.started_at) / 1000)),
      ...(call.queue === undefined ? {} : { cc_queue: encode(call.queue) }),
      ...(call.agent === undefined ? {} : { cc_agent: encode(call.agent.id) }),
    },
  };
}
