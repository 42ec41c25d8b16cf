// A CRM as small as can be: checks the signature, looks at the Idempotency-Key, remembers what it received.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";
import { crmBodySchema, type CrmBody } from "../../delivery/index.ts";

export interface SampleCrm {
  url: string;
  /** one entry per result, in the order of arrival; repeats are answered and not counted */
  received: CrmBody[];
  close(): Promise<void>;
}

/** @param secret `whsec_…`, the same as `crm.secret` */
export async function startSampleCrm(secret: string): Promise<SampleCrm> {
  const received: CrmBody[] = [];
  const seen = new Set<string>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      try {
        const body = crmBodySchema.parse(new Webhook(secret).verify(Buffer.concat(chunks).toString("utf8"), request.headers as Record<string, string>));
        const key = String(request.headers["idempotency-key"]);
        if (!seen.has(key)) received.push(body);
        seen.add(key);
        response.writeHead(200).end();
      } catch {
        response.writeHead(400).end(); // not signed by us, or not the agreed shape
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/calls`,
    received,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
