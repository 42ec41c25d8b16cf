// What callers and files say is shown as text: a hundred hostile texts in every place that outsiders fill, through the real intake, on every screen.
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import type { Building } from "./browser.test.ts";
import { WIDEST } from "./accessibility.ts";
import { HOSTILE } from "./hostile-strings.ts";
import { HEARD, write, type House } from "./house.ts";
import { SCREENS, skipUntilBuilt } from "./screens.ts";
import { ask, PHONE, type Visitor } from "./visitor.ts";

/** More pages than a hundred rows need; a list that never ends would be a defect of its own. */
const MOST_PAGES = 8;

export function hostileText(building: Building): void {
  describe("hostile text", () => {
    let visitor: Visitor;
    let shown: Record<string, readonly string[]>;
    before(async () => {
      assert.equal(new Set(HOSTILE).size, 100);
      shown = await fill(building.house);
      visitor = await building.door.enter("admin", { viewport: PHONE });
    });
    after(() => visitor.context.close());

    for (const screen of SCREENS.filter((one) => !one.roles.includes(null))) {
      it(`${screen.name}: nothing runs, nothing is asked for elsewhere, all is text, and a phone need not scroll sideways`, async function () {
        skipUntilBuilt(this, screen);
        const address = screen.name === "customer" ? `/customers/${shown["customer id"]?.[0]}` : screen.address(building.house);
        const text = await readAll(visitor, address);
        const missing = (shown[screen.name] ?? []).filter((one) => !text.includes(collapsed(one)));
        assert.deepEqual(missing, [], `${missing.length} texts are not shown as they are stored`);
      });
    }

    it("what stands in an address is text too: searches, ways back, ids that do not exist", async () => {
      for (const text of HOSTILE.filter((one, i) => i % 9 === 0 && !/\p{Surrogate}/u.test(one))) {
        for (const address of [`/conversations?q=${encodeURIComponent(text)}`, `/login?next=${encodeURIComponent(text)}`, `/calls/${encodeURIComponent(text.replaceAll("\u0000", ""))}`]) {
          await visitor.go(address);
          await assertHarmless(visitor.page, address);
          visitor.assertTidy();
        }
      }
    });
  });
}

/** Follows a list to its end. @returns all text of it, white space collapsed */
async function readAll({ page, go, assertTidy }: Visitor, address: string): Promise<string> {
  const texts: string[] = [];
  const seen = new Set<string>();
  for (let next: string | undefined = address; next !== undefined && seen.size < MOST_PAGES; ) {
    seen.add(next);
    assert.equal(await go(next), 200, next);
    await page.locator("details").evaluateAll((all) => all.forEach((one) => one.setAttribute("open", "")));
    await assertHarmless(page, next);
    assertTidy();
    texts.push(await ask<string>(page, "document.body.textContent"));
    const links = await page.locator('a:is([href*="cursor="], [href*="before="])').evaluateAll((all) => all.map((one) => String(one.getAttribute("href"))));
    next = links.find((one) => !seen.has(one));
  }
  return collapsed(texts.join(" "));
}

async function assertHarmless(page: Page, address: string): Promise<void> {
  assert.equal(await ask(page, "window.__hit"), undefined, `${address}: a text ran`);
  assert.deepEqual(await ask(page, FOREIGN), [], `${address}: a text became part of the page`);
  const width = await ask<number>(page, "document.documentElement.scrollWidth");
  if (width > PHONE.width) assert.fail(`${address}: ${width} px wide; ${await ask<string>(page, WIDEST)}`);
}

/** Elements and attributes that no page of ours has in its body. */
const FOREIGN = `[...document.body.querySelectorAll("*")].filter((one) => one.matches("script, style, iframe, object, embed, base, meta, link, math, marquee, img, template, noscript, body, [style], [srcdoc], [href^='javascript:' i], [href^='http' i][href*='example.invalid'], [href^='//'], [formaction^='javascript:' i], [action^='http' i], [action^='//']") || one.getAttributeNames().some((name) => name.startsWith("on"))).map((one) => one.outerHTML.slice(0, 200))`;

/** White space is the browser's to lay out, NUL cannot be in a page, and square brackets are drawn as the frame of what was redacted. */
function collapsed(text: string): string {
  return text.replaceAll("\u0000", "\ufffd").replace(/[[\]]/g, "").replace(/\s+/g, " ").trim();
}

/** Fills the house. @returns by screen, the texts as the house keeps them: cleaned by the intake, read by the API */
async function fill(house: House): Promise<Record<string, readonly string[]>> {
  const at = (i: number): string => new Date(Date.UTC(2026, 10, 5, 9, 0, i)).toISOString();
  const messages = (make: (text: string, i: number) => object): Promise<void> => write(house, JSON.stringify({ messages: HOSTILE.map(make) }));
  await messages((text, i) => ({ channel: "web_chat", external_id: `said-${i}`, session_external_id: "hostile", sent_at: at(i), customer: { chat_id: "hostile", name: "Mallory" }, text, sender: i % 2 === 0 ? "customer" : "agent", agent: { id: "666", name: text }, intent: text, slots: { [`slot ${i}`]: text } }));
  await messages((text, i) => ({ channel: "email", external_id: `<named-${i}@example.org>`, sent_at: at(i), customer: { email: `h${i}@example.org`, name: text }, text: `a letter ${i}`, queue: text, payload: { subject: text }, attachments: i % 20 === 0 ? [{ name: `${text}.txt`, media_type: "text/plain", content: Buffer.from(HOSTILE.join("\n")).toString("base64") }] : [] }));
  await Promise.all(HOSTILE.map((text, i) => house.announce({ call_id: `hostile-${i}`, started_at: at(i), direction: "inbound", from: `+1212555${2000 + i}`, agent: { id: `a${i}`, name: text.slice(0, 100) }, queue: text.slice(0, 100), customer: { name: text.slice(0, 100) } })));
  hearAndFind(house);
  const read = async <T>(path: string): Promise<T[]> => {
    const items: T[] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const page = (await (await house.get(`${path}${path.includes("?") ? "&" : "?"}limit=50${cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`}`)).json()) as { items?: T[]; messages?: T[]; next: string | null };
      items.push(...(page.items ?? page.messages ?? []));
      cursor = page.next;
    }
    return items;
  };
  const customers = await read<{ id: string; name: string | null }>("/v1/customers");
  const [calls, mallory] = [await read<{ call_id: string; agent: { name: string | null } | null }>("/v1/calls"), customers.find((one) => one.name === "Mallory")?.id ?? ""];
  const heard = (await (await house.get(`/v1/calls/${HEARD}`)).json()) as { turns: { text: string }[]; topic: string; summary: string };
  const agents = calls.flatMap((call) => (call.agent?.name?.trim() ? [call.agent.name] : []));
  const names = customers.flatMap((one) => (one.name === null ? [] : [one.name]));
  const thread = (await read<{ text: string }>(`/v1/customers/${mallory}/thread`)).map((one) => one.text);
  assert.ok(agents.length > 95 && names.length > 95 && thread.length > 95, `the intake took ${agents.length} names of agents, ${names.length} of customers, ${thread.length} texts`);
  return { conversations: agents, ledger: calls.map((call) => call.call_id), customers: names, customer: thread, "customer id": [mallory], call: [heard.topic, ...heard.turns.flatMap((turn) => turn.text.split(" ¦ "))] };
}

/** The engines can be made to say nothing of the kind, so their words are put in the place of what was heard and found. */
function hearAndFind({ appliance: { parts } }: House): void {
  const turns = parts.db.prepare<[string], { id: string }>("SELECT id FROM messages WHERE kind = 'turn' AND session_id = (SELECT session_id FROM call_ids WHERE call_id = ?) ORDER BY start_ms").all(HEARD);
  const each = Math.ceil(HOSTILE.length / turns.length);
  const say = parts.db.prepare("UPDATE messages SET text = ? WHERE id = ?");
  turns.forEach(({ id }, i) => say.run(HOSTILE.slice(i * each, (i + 1) * each).map((text) => text.replace(/\p{Surrogate}/gu, "\ufffd")).join(" ¦ "), id));
  const text = HOSTILE.slice(0, 20).join(" ");
  parts.db.prepare("UPDATE analyses SET body = json_set(body, '$.topic', ?, '$.summary', ?) WHERE session_id = (SELECT session_id FROM call_ids WHERE call_id = ?)").run(HOSTILE[0], text, HEARD);
  parts.db.prepare("UPDATE conversations SET topic = ?, summary = ?").run(HOSTILE[2], text);
}
