// A remote speech server of a test: answers, delays and refuses as it is told, and remembers what it was asked.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Asked {
  url: string;
  headers: IncomingMessage["headers"];
  /** name and value of every text field, in order */
  fields: [string, string][];
  wavBytes: number;
}

export interface SpeechEndpoint {
  url: string;
  host: string;
  asked: Asked[];
  /** most requests that ran at the same time */
  mostAtOnce: number;
  behave(answer: (asked: Asked, response: ServerResponse) => unknown): void;
  close(): Promise<void>;
}

/** What a good server says of anything. */
export const GOOD = JSON.stringify({ language: "english", duration: 1, text: " Hello", segments: [{ id: 0, start: 0, end: 1, text: " Hello", avg_logprob: -0.2, words: [{ word: " Hello", start: 0.1, end: 0.6, probability: 0.9 }] }] });
export const good = (_asked: Asked, response: ServerResponse): unknown => response.writeHead(200, { "content-type": "application/json" }).end(GOOD);
export const status = (code: number, headers: Record<string, string> = {}) => (_asked: Asked, response: ServerResponse): unknown => response.writeHead(code, headers).end("no");

export async function startSpeechEndpoint(behaviour: (asked: Asked, response: ServerResponse) => unknown = good): Promise<SpeechEndpoint> {
  let answer = behaviour;
  let running = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    endpoint.mostAtOnce = Math.max(endpoint.mostAtOnce, ++running);
    response.once("close", () => running--);
    request.on("data", (chunk: Buffer) => chunks.push(chunk)).on("end", () => {
      const asked = readForm(request, Buffer.concat(chunks));
      endpoint.asked.push(asked);
      answer(asked, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const endpoint: SpeechEndpoint = {
    url: `http://127.0.0.1:${port}`,
    host: `127.0.0.1:${port}`,
    asked: [],
    mostAtOnce: 0,
    behave: (next) => void (answer = next),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return endpoint;
}

function readForm(request: IncomingMessage, body: Buffer): Asked {
  const boundary = /boundary=(\S+)/.exec(request.headers["content-type"] ?? "")?.[1] ?? "none";
  const parts = body.toString("latin1").split(`--${boundary}`).slice(1, -1);
  const fields: [string, string][] = [];
  let wavBytes = 0;
  for (const part of parts) {
    const [head = "", ...rest] = part.split("\r\n\r\n");
    const content = rest.join("\r\n\r\n").slice(0, -2);
    const name = /name="([^"]*)"/.exec(head)?.[1] ?? "";
    if (name === "file") wavBytes = content.startsWith("RIFF") ? content.length : -1;
    else fields.push([name, content]);
  }
  return { url: request.url ?? "", headers: request.headers, fields, wavBytes };
}
