// Pages and assets leave compressed, byte for byte the same; but not for an asker who might be listening to the length.
import { strict as assert } from "node:assert";
import { request, type IncomingHttpHeaders } from "node:http";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { config } from "./fake-appliance.ts";
import { as, start, type Harness } from "./harness.ts";

describe("http: compression", () => {
  let house: Harness;
  let url: string;
  before(async () => {
    house = start(config({ http: { port: 0 } }));
    ({ url } = await house.server.listen());
  });
  after(() => house.end());

  const get = (path: string, headers: Record<string, string>): Promise<{ status: number | undefined; headers: IncomingHttpHeaders; body: Buffer }> =>
    new Promise((resolve, reject) => {
      request(`${url}${path}`, { headers: { ...as("admin"), ...headers } }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk)).once("end", () => resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) }));
      }).once("error", reject).end();
    });
  const own = { "Sec-Fetch-Site": "same-origin" };

  it("a page is brotli where the browser takes it, else gzip, else plain; the text is the same", async () => {
    const plain = await get("/conversations", own);
    const [br, gzip] = [await get("/conversations", { ...own, "Accept-Encoding": "gzip, deflate, br" }), await get("/conversations", { ...own, "Accept-Encoding": "gzip, br;q=0" })];
    assert.deepEqual([plain, br, gzip].map(({ headers }) => headers["content-encoding"]), [undefined, "br", "gzip"]);
    assert.equal(brotliDecompressSync(br.body).toString(), plain.body.toString());
    assert.equal(gunzipSync(gzip.body).toString(), plain.body.toString());
    assert.equal(Number(br.headers["content-length"]), br.body.length);
    assert.ok(br.body.length < plain.body.length / 2);
  });

  it("a page is not compressed when another site, a sibling domain, or nobody says who asks: its length would tell what is in it", async () => {
    for (const headers of [{ "Sec-Fetch-Site": "cross-site" }, { "Sec-Fetch-Site": "same-site" }, {}]) {
      const { headers: answer } = await get("/conversations?status=done", { ...headers, "Accept-Encoding": "br, gzip" });
      assert.equal(answer["content-encoding"], undefined);
    }
    assert.equal((await get("/conversations", { "Sec-Fetch-Site": "none", "Accept-Encoding": "br" })).headers["content-encoding"], "br");
  });

  it("an asset is compressed for everybody, with an etag of its own, and is not sent twice", async () => {
    const [plain, br] = [await get("/assets/app.css", {}), await get("/assets/app.css", { "Accept-Encoding": "br" })];
    assert.equal(brotliDecompressSync(br.body).toString(), plain.body.toString());
    assert.notEqual(br.headers.etag, plain.headers.etag);
    assert.equal(br.headers.vary, "Accept-Encoding");
    assert.equal((await get("/assets/app.css", { "Accept-Encoding": "br", "If-None-Match": br.headers.etag ?? "" })).status, 304);
    const version = (plain.headers.etag ?? "").replaceAll('"', "");
    assert.match((await get(`/assets/app.css?v=${version}`, { "Accept-Encoding": "br" })).headers["cache-control"] ?? "", /immutable/);
  });
});
