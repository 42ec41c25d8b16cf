// A folder of documents becomes searchable, and stays true: through the whole appliance, with real files of every kind.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { decideWork, type Seen } from "../../app/pipeline/knowledge/decide.ts";
import { takeCopy } from "../../app/pipeline/knowledge/take-copy.ts";
import type { KnowledgeFile, KnownDocument } from "../../app/store/index.ts";
import { docx, paragraph, pdf, writing } from "../documents/made.ts";
import { until } from "../support/appliance-process.ts";
import { fakeEmbedder } from "../support/fake-embedder.ts";
import { startTestAppliance, type TestAppliance } from "../support/in-process.ts";

interface Listed { items: { path: string; state: string; title: string | null; kind: string | null; chunks: number; vectors: number; error: { code: string } | null }[]; folder: { scanned_at: string | null; error: string | null } }
interface Passages { items: { passage: { text: string; document: string; page: number; title: string }; snippet: { text: string; marks: [number, number][] } }[]; by: string }

describe("the business's own documents", () => {
  let house: TestAppliance;
  let folder: string;
  const embedder = fakeEmbedder();
  const put = (name: string, content: string | Buffer): void => {
    writeFileSync(join(folder, name), content);
    utimesSync(join(folder, name), new Date(0), new Date(Date.now() - 60_000)); // it has stood still for a minute
  };
  const list = async (): Promise<Listed> => (await (await house.get("/v1/knowledge")).json()) as Listed;
  const search = async (q: string): Promise<Passages> => (await (await house.get(`/v1/search?in=knowledge&q=${encodeURIComponent(q)}`)).json()) as Passages;
  const documents = async (): Promise<string[]> => (await list()).items.map((one) => `${one.path} ${one.state}`);
  const soon = <T>(what: string, look: () => Promise<T | undefined>): Promise<T> => until(what, 30_000, look);

  before(async () => {
    folder = join(process.env["TMPDIR"] ?? "/tmp", `earshot-knowledge-${process.pid}`);
    mkdirSync(join(folder, "sub"), { recursive: true });
    put("terms.md", "# Terms of sale\n\n## Refunds\n\nThe money is repaid within fourteen days.\n\n## Gift cards\n\nGift cards are final.\n");
    put("sub/delivery.pdf", await pdf(["Delivery of furniture takes three weeks.", "Islands are served on Tuesdays."]));
    put("hours.html", "<html><body><h1>Opening hours</h1><p>The shop in Bath is open from nine to five.</p></body></html>");
    put("warranty.docx", await docx(paragraph("Warranty") + paragraph("A cracked screen is replaced once without charge.")));
    put("sign.png", await writing(["PARKING BEHIND THE HOUSE"]));
    put("broken.pdf", "%PDF-1.7 and then nothing");
    put("music.bin", Buffer.concat([Buffer.from("OggS"), Buffer.alloc(200)]));
    put("card.txt", "For tests use the card 4111 1111 1111 1111 and nothing else, please.");
    symlinkSync("/etc/hostname", join(folder, "link.txt"));
    symlinkSync("/etc", join(folder, "etc"));
    house = await startTestAppliance({ knowledge: { folder, scan_seconds: 0.2 } }, { embedder });
    await soon("everything is read and has vectors", async () => ((await list()).items.length === 8 && (await list()).items.every((one) => one.state === "failed" || one.vectors === one.chunks) ? true : undefined));
  });
  after(async () => {
    await house.end();
    rmSync(folder, { recursive: true, force: true });
  });

  it("reads what is in the folder, says why it could not read the rest, and does not follow links", async () => {
    const { items, folder: state } = await list();
    assert.deepEqual(items.map(({ path, state: one, kind, title, error }) => [path, one, kind ?? error?.code, title]), [
      ["broken.pdf", "failed", "DOCUMENT_UNREADABLE", null], ["card.txt", "ready", "text", "card"], ["hours.html", "ready", "html", "Opening hours"], ["music.bin", "failed", "DOCUMENT_UNSUPPORTED", null],
      ["sign.png", "ready", "image", "sign"], ["sub/delivery.pdf", "ready", "pdf", "delivery"], ["terms.md", "ready", "text", "Terms of sale"], ["warranty.docx", "ready", "docx", "Warranty"],
    ]);
    assert.equal(state.error, null);
    assert.ok(state.scanned_at !== null);
  });

  it("finds passages by words and by meaning, with document, page and title, and no card number", async () => {
    const tuesdays = (await search("islands tuesday*")).items[0];
    assert.deepEqual([tuesdays?.passage.document, tuesdays?.passage.page, tuesdays?.snippet.marks.length], ["sub/delivery.pdf", 2, 2]);
    assert.equal((await search("repaid")).items[0]?.passage.title, "Terms of sale › Refunds");
    assert.equal((await search("parking")).items[0]?.passage.document, "sign.png");
    const { items, by } = await search("reimbursed");
    assert.deepEqual([by, items[0]?.passage.title, items[0]?.snippet.marks], ["words+meaning", "Terms of sale › Refunds", []]);
    assert.doesNotMatch(JSON.stringify((await search("card")).items), /4111/);
    assert.equal((await house.get("/v1/search?in=knowledge&q=-x")).status, 422);
  });

  it("stands beside the customer's own passages in the context, and grounds prompts within their tokens", async () => {
    await house.post("/v1/messages", { channel: "web_chat", external_id: "1", customer: { email: "maria@example.org" }, sender: "customer", text: "My screen is cracked", sent_at: new Date().toISOString(), session_external_id: "k" });
    const view = (await (await house.get("/v1/context?email=maria@example.org&query=is%20a%20cracked%20screen%20replaced%3F")).json()) as { knowledge: { document: string; text: string }[]; knowledge_by: string; passages: unknown[] };
    assert.deepEqual([view.knowledge[0]?.document, view.knowledge_by, view.passages.length], ["warranty.docx", "words+meaning", 1]);
    const { knowledge } = house.appliance.parts;
    const grounded = await knowledge.ground("what about cracked screens and refunds?", { passages: 5, tokens: 40 }, async (texts) => texts.map((text) => text.split(/\s+/).length));
    assert.ok(grounded.passages.length >= 2);
    assert.ok(grounded.passages.reduce((sum, one) => sum + one.text.split(/\s+/).length, 0) <= 40);
    assert.deepEqual((await knowledge.ground("refunds", { passages: 5, tokens: 2 })).passages, []);
  });

  it("a changed file is read again, a moved one moves, a removed one goes; each is audited, and equal content is not read twice", async () => {
    const read = (): number => (house.appliance.parts.db.prepare("SELECT count(*) FROM events WHERE event LIKE '%knowledge.indexed%'").pluck().get() as number);
    const before = read();
    put("terms.md", "# Terms of sale\n\n## Refunds\n\nVouchers are given instead of anything else.\n");
    await soon("the new words are found", async () => ((await search("vouchers")).items.some((one) => one.snippet.marks.length > 0) ? true : undefined));
    assert.deepEqual((await search('"repaid within fourteen"')).items.filter((one) => one.snippet.marks.length > 0), []);
    renameSync(join(folder, "hours.html"), join(folder, "sub", "times.html"));
    rmSync(join(folder, "music.bin"));
    await soon("the folder is as it is", async () => {
      const now = await documents();
      return now.includes("sub/times.html ready") && !now.some((one) => one.startsWith("hours") || one.startsWith("music")) ? true : undefined;
    });
    assert.equal(read(), before + 2);
    utimesSync(join(folder, "card.txt"), new Date(0), new Date(Date.now() - 30_000));
    await soon("the new time is written down", async () => (house.appliance.parts.store.writes.knowledge.known().some((one) => one.path === "card.txt" && one.mtimeMs > Date.now() - 50_000) ? true : undefined));
    assert.equal(read(), before + 2);
    assert.equal(house.appliance.store.audit.verify(), undefined);
  });

  it("a folder that is away is said so and forgotten nothing of; nothing outside of it is ever copied, whatever a name leads to", async () => {
    renameSync(folder, `${folder}-away`);
    await soon("the trouble is told", async () => ((await list()).folder.error === null ? undefined : true));
    assert.ok((await documents()).includes("terms.md ready"));
    renameSync(`${folder}-away`, folder);
    await soon("it goes on", async () => ((await list()).folder.error === null ? true : undefined));
    const target = join(house.folder, "copy");
    const copy = (...path: string[]): Promise<unknown> => takeCopy(folder, join(folder, ...path), target, 1000, new AbortController().signal);
    for (const path of [["link.txt"], ["etc", "hostname"], ["..", "nothing"], ["sub"]]) await assert.rejects(copy(...path), { code: "DOCUMENT_UNREADABLE" }, path.join("/"));
    await assert.rejects(copy("warranty.docx").finally(() => assert.equal(existsSync(target), false)), { code: "DOCUMENT_TOO_LARGE" });
    assert.deepEqual(Object.keys((await copy("card.txt")) as object), ["sha256", "sizeBytes", "mtimeMs", "ino"]);
  });

  it("without the model words answer, and say so", async () => {
    embedder.broken = true;
    const { by, items } = await search("islands");
    assert.deepEqual([by, items.length], ["words", 1]);
    embedder.broken = false;
  });
});

describe("what to do about the files of the folder", () => {
  const file = (path: string, more: Partial<KnowledgeFile> = {}): KnowledgeFile => ({ path, sizeBytes: 1, mtimeMs: 0, ino: 1, ...more });
  const known = (path: string, more: Partial<KnownDocument> = {}): KnownDocument => ({ ...file(path), id: path, state: "ready", sha256: "x", indexedAtMs: 0, ...more });
  const seen = (...files: KnowledgeFile[]): Seen => ({ files, unread: [] });
  const now = 1_000_000;
  const decide = (one: Seen, before: Seen | undefined, list: KnownDocument[], most = 10, at = now): [string[], string[]] => {
    const work = decideWork(one, before, list, most, at);
    return [work.read.map((a) => a.path), work.gone.map((a) => a.path)];
  };
  it("reads what is new or changed once it stands still, leaves what is the same", () => {
    assert.deepEqual(decide(seen(file("a"), file("b", { sizeBytes: 2 }), file("c")), undefined, [known("b"), known("c")]), [["a", "b"], []]);
    const growing = file("a", { mtimeMs: now - 100 });
    assert.deepEqual(decide(seen(growing), undefined, []), [[], []], "changed a moment ago");
    assert.deepEqual(decide(seen(growing), seen({ ...growing, sizeBytes: 0 }), []), [[], []]);
    assert.deepEqual(decide(seen(growing), seen(growing), []), [["a"], []]);
  });
  it("forgets what two looks in a row did not see, but not what lies in a folder that cannot be read", () => {
    assert.deepEqual(decide(seen(), undefined, [known("a")]), [[], []], "the first look after a start");
    assert.deepEqual(decide(seen(), seen(file("a")), [known("a")]), [[], []]);
    assert.deepEqual(decide(seen(), seen(), [known("a")]), [[], ["a"]]);
    assert.deepEqual(decide({ files: [], unread: ["sub"] }, seen(), [known("sub/a"), known("subway")]), [[], ["subway"]]);
  });
  it("tries what failed once a day, and takes no more documents than allowed", () => {
    const failed = known("a", { state: "failed" });
    assert.deepEqual(decide(seen(file("a")), undefined, [failed]), [[], []]);
    assert.deepEqual(decide(seen(file("a")), undefined, [failed], 10, 25 * 3_600_000), [["a"], []]);
    assert.deepEqual(decideWork(seen(file("b"), file("a"), file("c")), undefined, [], 2, now).leftOut, 1);
  });
});
