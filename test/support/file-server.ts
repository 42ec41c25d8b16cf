// A web server that hands out files as well or as badly as a test wants: it breaks off, lies about ranges, changes the file, sends too much.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";

export interface Asked {
  path: string;
  range: string | undefined;
  ifRange: string | undefined;
  /** bytes of the body that were sent */
  sentBytes: number;
}

export interface FileServer {
  url: string;
  /** every request so far, in order */
  asked: Asked[];
  /** path → content and ETag; without an ETag nothing can be continued */
  files: Map<string, { bytes: Buffer; etag?: string }>;
  /** answers instead of the honest way; returns false to let the honest way answer */
  behave: (req: IncomingMessage, res: ServerResponse, asked: Asked) => boolean;
  /** the honest way sends at most this much of a body and then drops the connection; counts down the breaks */
  breakAfterBytes: number | undefined;
  breaks: number;
  /** what was sent has arrived, so that the break costs nothing: Node drops what it has not handed on. @param bytes of the file so far */
  hasArrived: (bytes: number) => boolean;
  close(): Promise<void>;
}

/** Starts on a free port of loopback. */
export async function startFileServer(): Promise<FileServer> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((req, res) => {
    const asked: Asked = { path: req.url ?? "", range: req.headers.range, ifRange: req.headers["if-range"]?.toString(), sentBytes: 0 };
    self.asked.push(asked);
    if (!self.behave(req, res, asked)) answer(self, req, res, asked);
  });
  server.on("connection", (socket) => sockets.add(socket.on("close", () => sockets.delete(socket))));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const self: FileServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: [], files: new Map(), behave: () => false, breakAfterBytes: undefined, breaks: Infinity, hasArrived: () => true,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return self;
}

/** As RFC 9110 says: a range only while the validator is the same. */
function answer(self: FileServer, req: IncomingMessage, res: ServerResponse, asked: Asked): void {
  const file = self.files.get(asked.path);
  if (file === undefined) return void res.writeHead(404).end();
  const start = Number(/^bytes=(\d+)-$/.exec(asked.range ?? "")?.[1] ?? NaN);
  const isPart = !Number.isNaN(start) && asked.ifRange === file.etag;
  const tag = file.etag === undefined ? {} : { etag: file.etag };
  if (isPart && start >= file.bytes.length) return void res.writeHead(416, { "content-range": `bytes */${file.bytes.length}`, ...tag }).end();
  const body = isPart ? file.bytes.subarray(start) : file.bytes;
  res.writeHead(isPart ? 206 : 200, { "content-length": body.length, ...tag, ...(isPart ? { "content-range": `bytes ${start}-${file.bytes.length - 1}/${file.bytes.length}` } : {}) });
  if (self.breakAfterBytes === undefined || self.breaks <= 0 || body.length <= self.breakAfterBytes) {
    asked.sentBytes = body.length;
    return void res.end(body);
  }
  self.breaks -= 1;
  asked.sentBytes = self.breakAfterBytes;
  const soFar = file.bytes.length - body.length + asked.sentBytes;
  const breakOff = (): void => void (self.hasArrived(soFar) ? req.socket.destroy() : setTimeout(breakOff, 5));
  res.write(body.subarray(0, self.breakAfterBytes), breakOff);
}
