// The least that a durable webhook receiver can be: node:http and one INSERT with synchronous=FULL a request. What a burst is measured against.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import Database from "better-sqlite3";

const db = new Database(process.argv[2] ?? ":memory:");
db.pragma("journal_mode = WAL");
db.pragma("synchronous = FULL");
db.exec("CREATE TABLE calls (id TEXT PRIMARY KEY, body TEXT NOT NULL)");
const insert = db.prepare("INSERT INTO calls (id, body) VALUES (?, ?) ON CONFLICT DO NOTHING");

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const body = Buffer.concat(chunks).toString("utf8");
    const { call_id } = JSON.parse(body) as { call_id: string };
    insert.run(call_id, body);
    response.writeHead(202, { "content-type": "application/json" }).end(JSON.stringify({ call_id, status: "received" }));
  });
});
server.listen(0, "127.0.0.1", () => process.stdout.write(`ready http://127.0.0.1:${(server.address() as AddressInfo).port}\n`));
process.once("SIGTERM", () => process.exit(0));
