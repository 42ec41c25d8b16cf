// The thread in a real browser: ▸ opens the call it is folded into and plays there, long calls come when they are opened, a merge is undone; nothing that axe finds.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { chromium, type Browser, type Page } from "playwright-core";
import { installationRoot } from "../../app/platform/index.ts";
import { openThreadSite, type ThreadSite } from "../support/thread-site.ts";

const BEGIN = Date.UTC(2026, 10, 2, 9);
const MARIA = "+442079460018";
const OTHER = "+442079460071";

describe("ui: the thread in a browser", function () {
  this.timeout(90_000);
  let site: ThreadSite;
  let browser: Browser;
  let page: Page;
  let url: string;
  let calls: { sessionId: string; turns: string[] }[];
  const troubles: string[] = [];
  const sms = (from: string, id: string, name: string, rest: object = {}) => site.receive({ kind: "message", message: { source: "sms", externalId: id, channel: "sms", kind: "text", speaker: "customer", text: `text ${id}`, atMs: BEGIN + 3_600_000, customer: { identities: [{ kind: "e164", value: from }], name, ...rest } } });

  before(async () => {
    site = openThreadSite({ site: { country: "GB", timezone: "Europe/London" }, http: { port: 45_678 } });
    calls = [8, 300].map((count, i) => site.call(`c${i}`, { atMs: BEGIN + i * 60_000, from: MARIA, agentId: "201", agentName: "Ana", customerName: "Maria Keller" }, Array.from({ length: count }, (_, n) => ({ speaker: n % 2 === 0 ? ("customer" as const) : ("agent" as const), text: `line ${n} of call ${i}` }))));
    sms(MARIA, "a", "Maria Keller");
    sms(OTHER, "b", "Keller, Maria", { claimed: [{ kind: "email", value: "m@example.org" }] });
    site.receive({ kind: "message", message: { source: "mail", externalId: "<m>", channel: "email", kind: "text", speaker: "customer", text: "a mail", atMs: BEGIN, customer: { identities: [{ kind: "e164", value: MARIA }, { kind: "email", value: "m@example.org" }] } } });
    ({ url } = await site.server.listen());
    browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    page.on("pageerror", (error) => troubles.push(error.message));
    page.on("console", (message) => message.type() === "error" && !message.text().includes("/audio") && !message.text().includes("Failed to load resource") && troubles.push(message.text()));
    await page.goto(`${url}/login?code=${site.loginCode("admin")}`);
    await page.click("main button");
    await page.waitForURL((to) => !to.pathname.startsWith("/login"));
  });
  after(async () => {
    await browser.close();
    await site.end();
  });

  const maria = (): string => `${url}/customers/${site.customerOf("e164", MARIA)}`;
  // As text: what runs in the page is typed by nobody here.
  const violations = async (): Promise<string[]> => {
    await page.evaluate(readFileSync(join(installationRoot(), "node_modules/axe-core/axe.min.js"), "utf8"));
    return page.evaluate<string[]>("axe.run().then(({ violations }) => violations.map((one) => `${one.id}: ${one.nodes[0]?.html}`))");
  };
  const unfold = (): Promise<unknown> => page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = one.querySelector('[data-fetch]') === null))");

  it("finds the customer by typing, and ▸ opens the folded call at its line and plays it", async () => {
    await page.goto(`${url}/customers`);
    await page.keyboard.press("/");
    await page.keyboard.type("keller");
    await page.keyboard.press("Enter");
    await page.click(`a.whole[href$="${site.customerOf("e164", MARIA)}"]`);
    const first = calls[0]?.turns[0] ?? "";
    assert.equal(await page.isVisible(`#${first}`), false);
    await page.click(`#${calls[0]?.sessionId} .measure .proof`);
    assert.equal(await page.isVisible(`#${first}.seen`), true);
    assert.match((await page.getAttribute(".player-bar audio", "src")) ?? "", /\/v1\/calls\/c0\/audio\?source=pbx$/);
    assert.match(await page.innerText(".player-bar [data-line]"), /0:00 · Customer: line 0 of call 0/);
    assert.match(page.url(), new RegExp(`#${first}$`));
    await page.click("[data-do=close]");
    assert.equal(await page.isVisible(".player-bar"), false);
  });

  it("lines of a long call come when it is opened, then the ones after them; without scripts the link shows the same", async () => {
    const [, long] = calls;
    await page.goto(maria());
    assert.equal(await page.locator(`#${long?.sessionId} .turn`).count(), 0);
    await page.click(`#${long?.sessionId} summary`);
    await page.waitForSelector(`#${long?.turns[199]}`);
    await page.click(`#${long?.sessionId} .more-lines a`);
    await page.waitForSelector(`#${long?.turns[299]}`);
    const plain = await browser.newPage({ javaScriptEnabled: false, storageState: await page.context().storageState() });
    await plain.goto(`${maria()}?around=${long?.turns[250]}#${long?.turns[250]}`);
    assert.equal(await plain.isVisible(`#${long?.turns[250]}`), true);
    await plain.close();
  });

  it("offers what is new instead of moving what is read, and keeps still for others' news", async () => {
    await page.goto(maria());
    await page.waitForSelector("[data-live-state=on]");
    site.emit({ id: 1, type: "conversation.changed", at: "2026-11-03T13:15:00.000Z", data: { customer_id: site.customerOf("e164", OTHER) } });
    site.emit({ id: 2, type: "customer.changed", at: "2026-11-03T13:15:00.000Z", data: { customer_id: site.customerOf("e164", MARIA) } });
    await page.waitForSelector(".fresh:not([hidden])");
  });

  it("merges two who may be one, and takes it back with the button beside the note", async () => {
    const two = [site.customerOf("e164", MARIA), site.customerOf("e164", OTHER)];
    await page.goto(maria());
    await page.click("text=Compare and merge");
    await page.click("text=Merge them");
    await page.waitForSelector(".notice.good");
    assert.equal(site.customerOf("e164", OTHER), site.customerOf("e164", MARIA));
    await page.click(".notice.good button");
    await page.waitForSelector("text=Taken back");
    assert.deepEqual([site.customerOf("e164", MARIA), site.customerOf("e164", OTHER)], two);
  });

  it("has no violation that axe finds, light and dark, and fits a telephone", async () => {
    const matter = site.parts.store.reads.people.matters(site.customerOf("e164", MARIA), { limit: 1 }).items[0]?.id;
    const list = `${url}/customers`;
    const shown = { light: [maria(), `${maria()}?conversation=${matter}&q=line`, `${maria()}/merge?other=${site.customerOf("e164", OTHER)}`, `${maria()}/consent?purpose=recording&channel=phone&state=withdrawn`, list], dark: [maria(), list] };
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      for (const address of shown[colorScheme]) {
        await page.goto(address);
        await unfold();
        assert.deepEqual(await violations(), [], `${colorScheme} ${address}`);
      }
    }
    await page.setViewportSize({ width: 390, height: 844 });
    for (const address of [maria(), `${maria()}?conversation=${matter}`, list]) {
      await page.goto(address);
      await unfold();
      assert.equal(await page.evaluate<number>("document.documentElement.scrollWidth - document.documentElement.clientWidth"), 0, address);
    }
    assert.deepEqual(troubles, []);
  });
});
