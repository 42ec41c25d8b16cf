// The page of a call in a real browser: the wave appears, a line plays, a word is corrected in place, found by the search, and taken back.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { chromium, type Browser, type Page } from "playwright-core";
import type { Analysis, Turn } from "../../app/domain/index.ts";
import { inTransaction } from "../../app/platform/index.ts";
import { joined, silence, tone, wav } from "../media/sounds.ts";
import { until } from "../support/appliance-process.ts";
import { startTestAppliance, type TestAppliance } from "../support/in-process.ts";

const id = (n: number): string => `msg_01JCX3M7Q2E8V6T4Z9K1R5N00${n}`;
const SESSION = "ses_01JCX3M7Q2E8V6T4Z9K1R5N000";
const TURNS: Turn[] = [
  { id: id(1), speaker: "agent", startMs: 0, endMs: 2000, text: "How may I help you?", confidence: 0.9 },
  { id: id(2), speaker: "customer", startMs: 3000, endMs: 6000, text: "I was judged twice", confidence: 0.4 },
];
const FOUND = { engine: "extractive", model: null, summary: "", summary_points: [], topic: "Gas", reason: null, topic_evidence: [], outcome: "resolved", outcome_evidence: [], action_items: [], entities: [], sentiment: { overall: null, customer_start: null, customer_end: null, trend: "unknown" }, turn_sentiment: {}, coverage: { turns_read: 2, turns_total: 2 }, dropped: 0 } as unknown as Analysis;

describe("browser: the page of a call", function () {
  this.timeout(60_000);
  let house: TestAppliance;
  let browser: Browser;
  let page: Page;
  const faults: string[] = [];

  before(async () => {
    house = await startTestAppliance();
    await keepCall(house);
    browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--autoplay-policy=no-user-gesture-required"] });
    page = await browser.newPage();
    page.on("pageerror", (error) => faults.push(error.message));
    page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
    await page.goto(`${house.url}/login?code=${house.appliance.store.access.createLoginCode("supervisor")}`);
    await page.click("form button");
    await page.waitForURL((url) => url.pathname !== "/login");
  });
  after(async () => {
    await browser?.close();
    await house?.end();
  });

  it("draws the sound once it is measured, and begins where the address says", async () => {
    await page.goto(`${house.url}/calls/c1?at=3100`);
    await page.waitForSelector(".strip path.customer-fill");
    assert.equal(await page.locator(".turn.now").getAttribute("id"), id(2));
    assert.equal(await page.locator(".wave").getAttribute("aria-valuetext"), "0:03");
  });

  it("plays one line and nothing after it; arrows and a press on the wave lead elsewhere", async () => {
    await page.locator(`#${id(1)} .at`).click();
    const is = (what: string) => async (): Promise<true | undefined> => ((await page.evaluate(`Boolean(${what})`)) ? true : undefined); // waitForFunction would need eval, which the page forbids
    await until("the line plays", 10_000, is("document.querySelector('audio').currentTime > 0.2"));
    await page.keyboard.press("r");
    await until("it stops", 10_000, is("document.querySelector('audio').paused"));
    const stoppedAt = Number(await page.evaluate("document.querySelector('audio').currentTime"));
    assert.ok(stoppedAt >= 2 && stoppedAt < 2.4, `stopped at ${stoppedAt}`);
    await page.keyboard.press("ArrowRight");
    assert.equal(await page.locator("[data-now]").textContent(), "0:07");
    const box = await page.locator(".wave").boundingBox();
    assert.ok(box);
    await page.mouse.click(box.x + box.width / 2, box.y + 30);
    assert.equal(await page.locator("[data-now]").textContent(), "0:04");
    assert.equal(await page.locator(".turn.now").getAttribute("id"), id(2));
  });

  it("E opens the line, Esc leaves it as it was, Enter saves; the machine's words stay to be seen and are one press away", async () => {
    await page.keyboard.press("e");
    await page.waitForSelector("form.mending textarea");
    await page.keyboard.press("Escape");
    await page.waitForSelector("form.mending", { state: "detached" });
    await page.keyboard.press("e");
    await page.fill("form.mending textarea", "I was charged twice");
    await page.keyboard.press("Enter");
    await page.waitForSelector(`#${id(2)} .machine`);
    assert.match((await page.locator(`#${id(2)} p`).first().textContent()) ?? "", /^I was charged twice/);
    assert.match((await page.locator("#corrections").textContent()) ?? "", /25 % of the words heard wrong \(1 of 4 words/);
    const search = async (word: string): Promise<number> => ((await (await house.get(`/v1/search?q=${word}`)).json()) as { items: unknown[] }).items.length;
    assert.deepEqual([await search("charged"), await search("judged")], [1, 0]);
    await page.locator(`#${id(2)} .machine summary`).click();
    await page.locator(`#${id(2)} .machine button`).click();
    await page.waitForSelector(`#${id(2)} .machine`, { state: "detached" });
    assert.deepEqual([await search("charged"), await search("judged")], [0, 1]);
  });

  it("topic and outcome are corrected in their card, and the headline follows; no fault was told to the console", async () => {
    await page.locator("#about .mend").click();
    await page.fill("#mend-topic", "Double charge");
    await page.selectOption("#mend-outcome", "unresolved");
    await page.locator("#about button.primary").click();
    await page.waitForSelector("#about .machine");
    assert.equal(await page.locator("h1").textContent(), "Double charge");
    assert.deepEqual(faults, []);
  });
});

/** A finished call of 8 s as the pipeline leaves it: agent right, customer left. */
async function keepCall({ appliance, folder }: TestAppliance): Promise<void> {
  const { parts } = appliance;
  const path = join(folder, "call.wav");
  writeFileSync(path, wav([joined(silence(3000), tone(3000, [500], 0.4), silence(2000)), joined(tone(2000, [400], 0.4), silence(6000))]));
  const stored = await parts.vault.adoptFile(path, "call.wav");
  const { sessions, recordings, messages, findings } = parts.store.writes;
  inTransaction(parts.db, () => {
    sessions.create({ id: SESSION, source: "pbx", facts: { callId: "c1" }, priority: 50, nowMs: 1 });
    sessions.setDuration(SESSION, 8000);
    recordings.create({ id: "rec_1", sessionId: SESSION });
    recordings.setFile("rec_1", stored, "call.wav", 1);
    recordings.setAudio("rec_1", { container: "wav", codec: "pcm_s16le", sampleRateHz: 8000, channels: 2, durationMs: 8000, truncated: false, layout: "stereo", silentChannels: [] }, { map: { "0": "customer", "1": "agent" }, reason: "test", isDerived: false }, { "0": [{ startMs: 3000, endMs: 6000 }], "1": [{ startMs: 0, endMs: 2000 }] });
    recordings.setRedacted("rec_1", stored.file, null, 0);
    const row = sessions.byId(SESSION);
    assert.ok(row);
    messages.replaceTurns(row, TURNS, { engine: "whisper.cpp", model: "m", modelSha256: "x", speakerSource: "channel", dropped: [], redactions: [] }, 1);
    findings.saveAnalysis(SESSION, sessions.nextRevision(SESSION), FOUND, null, 1);
    sessions.setStatus(SESSION, "done", null, 1);
  });
}
