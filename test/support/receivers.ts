// The outside world of a test: a CRM that remembers everything it was sent, and a telephone system that hands out recordings.
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Receiver {
  url: string;
  close(): Promise<void>;
}

/** One POST as it came. */
export interface Received {
  key: string;
  bodyHash: string;
  body: Record<string, unknown>;
  headers: IncomingMessage["headers"];
  rawBody: string;
}

/** A CRM. `answer` decides about every POST; by default 200. Effects are what is left after looking at the Idempotency-Key. */
export async function startCrm(answer: (received: Received, response: ServerResponse) => void = (_received, response) => void response.writeHead(200).end()): Promise<Receiver & { received: Received[]; effects(): Map<string, Received> }> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const rawBody = Buffer.concat(chunks).toString("utf8");
      const one: Received = {
        key: String(request.headers["idempotency-key"] ?? ""),
        bodyHash: createHash("sha256").update(rawBody).digest("hex"),
        body: JSON.parse(rawBody) as Record<string, unknown>,
        headers: request.headers,
        rawBody,
      };
      received.push(one);
      answer(one, response);
    });
  });
  return { ...(await listen(server)), received, effects: () => new Map(received.map((one) => [one.key, one])) };
}

/** A telephone system's web server. @param recording bytes of a path, e.g. `/abc.wav`; undefined is a 404 */
export async function startPbx(recording: (path: string) => Buffer | undefined): Promise<Receiver> {
  const server = createServer((request, response) => {
    const bytes = recording(request.url ?? "");
    if (bytes === undefined) response.writeHead(404).end();
    else response.writeHead(200, { "content-type": "audio/x-wav", "content-length": bytes.length }).end(bytes);
  });
  return listen(server);
}

async function listen(server: Server): Promise<Receiver> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
