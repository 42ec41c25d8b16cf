// What people do all day, from the first key to the last: each as a person would, through the page.
import assert from "node:assert/strict";
import { PAGES } from "../../app/http/pages/table.ts";
import { callWav, SHORTEST_CALL } from "../support/call-audio.ts";
import { until } from "../support/appliance-process.ts";
import type { Building } from "./browser.test.ts";
import { HEARD } from "./house.ts";
import { ask } from "./visitor.ts";

const callLink = `a[href^="/calls/${HEARD}"]`;

export function journeys(building: Building): void {
  describe("journeys", () => {
    it("logs in with a code that is gone from the address afterwards, finds the call in the list, plays a line and follows along", async () => {
      const { door, house } = building;
      const visitor = await door.enter(null);
      const { page } = visitor;
      await visitor.go(`/login?code=${house.appliance.store.access.createLoginCode("supervisor")}`);
      assert.doesNotMatch(page.url(), /code=/);
      await page.getByRole("button", { name: /log in/i }).click();
      await page.waitForURL((url) => url.pathname !== "/login");
      await visitor.go("/conversations");
      await page.locator(callLink).first().click();
      await page.waitForURL(`**/calls/${HEARD}**`);

      const line = page.locator(".turn").nth(2);
      await line.locator("a.at").click();
      const startMs = Number(await line.getAttribute("data-start"));
      await until("the line is heard", 10_000, async () => ((await ask<number>(page, "document.querySelector('audio').currentTime")) * 1000 > startMs + 100 ? true : undefined));
      assert.equal(await ask(page, "document.querySelector('audio').paused"), false);
      assert.match((await page.locator(".turn.now").getAttribute("id")) ?? "", /^msg_/, "the line that is heard is highlighted");
      await page.keyboard.press(" ");
      assert.equal(await ask(page, "document.querySelector('audio').paused"), true);
      await visitor.leave();
    });

    it("leads from a claim to the line that proves it", async () => {
      const visitor = await building.door.enter("analyst");
      const { page } = visitor;
      await visitor.go(`/calls/${HEARD}`);
      const proof = page.locator("a.proof").first();
      const id = ((await proof.getAttribute("href")) ?? "").slice(1);
      await proof.click();
      await page.locator(`[id="${id}"].now`).waitFor();
      assert.ok(await page.locator(`[id="${id}"]`).isVisible());
      assert.equal(new URL(page.url()).hash, `#${id}`);
      await visitor.leave();
    });

    it("corrects a word: the page shows it at once and after a reload, and what was heard stays beside it", async function () {
      if (!PAGES.some((route) => route.path.startsWith("/calls/:call_id/turns/"))) this.skip();
      const visitor = await building.door.enter("supervisor");
      const { page } = visitor;
      await visitor.go(`/calls/${HEARD}`);
      const line = page.locator(".turn").nth(1);
      const heard = (await line.locator("p").first().innerText()).split("\n")[0] ?? "";
      await line.hover();
      await line.locator("a.mend").first().click();
      await page.locator("form.mending textarea").fill("Hi, my name is Daniel Carter.");
      await page.locator("form.mending button.primary").click();
      await page.locator("form.mending").waitFor({ state: "detached" });
      for (const when of ["at once", "after a reload"]) {
        assert.match(await page.locator(".turn").nth(1).innerText(), /Hi, my name is Daniel Carter\./, when);
        if (when === "at once") await visitor.go(`/calls/${HEARD}`);
      }
      assert.ok((await page.locator("main").textContent())?.includes(heard.slice(0, 20)), `what the machine heard is gone: ${heard}`);
      await visitor.leave();
    });

    it("merges two customers into one thread, and takes it back exactly", async function () {
      if (!PAGES.some((route) => route.path === "/customers/:id/merge")) this.skip();
      const { door, house } = building;
      const visitor = await door.enter("supervisor");
      const { page } = visitor;
      const said = "Is my refund on its way?";
      await visitor.go(`/customers/${house.customerId}`);
      assert.ok(!(await page.locator("main").innerText()).includes(said));
      await page.locator("details", { has: page.locator('input[name="other"]') }).locator("summary").click();
      await page.locator('input[name="other"]').fill(house.strangerId);
      await page.keyboard.press("Enter");
      await page.locator('form[method="post"][action$="/merge"] button').click();
      await page.locator("main", { hasText: said }).waitFor();
      assert.ok((await page.locator("main").innerText()).includes("I was charged twice for my October bill"));
      await page.getByRole("button", { name: /undo/i }).first().click();
      await page.locator("main", { hasNotText: said }).waitFor();
      assert.equal(await visitor.go(`/customers/${house.strangerId}`), 200);
      assert.match(await page.locator("main").innerText(), /D\. Carter[^]*Is my refund on its way\?/);
      await visitor.leave();
    });

    it("shows a new call without being loaded again", async () => {
      const visitor = await building.door.enter("supervisor");
      const { page } = visitor;
      await visitor.go("/conversations");
      await page.locator('[data-live-state="on"]').waitFor({ state: "attached" });
      await ask(page, "window.__same = true");
      await page.keyboard.press("j"); // on a row: that must not keep what is new away, nor be lost
      const row = await ask<string>(page, "document.activeElement.getAttribute('href')");
      assert.match(row, /^\/(calls|customers)\//);
      const upload = await building.house.upload(callWav(SHORTEST_CALL, 2000, 77), "live.wav", { call_id: "live-1", started_at: new Date().toISOString(), direction: "inbound", from: "+12125550188" });
      assert.equal(upload.status, 202);
      await page.locator('a[href^="/calls/live-1"]').first().waitFor({ state: "attached" });
      assert.deepEqual(await ask(page, "[window.__same, document.activeElement.getAttribute('href')]"), [true, row]);
      await building.house.finished("live-1");
      await visitor.leave();
    });

    it("goes everywhere by keyboard alone: the code, the places, a call, its sound; and always shows where it is", async () => {
      const { door, house } = building;
      const visitor = await door.enter(null);
      const { page } = visitor;
      const focus = (): Promise<{ href: string | null; name: string; id: string; ring: string }> => ask(page, "(({ activeElement: at }) => ({ href: at.getAttribute('href'), name: at.tagName, id: at.id, ring: getComputedStyle(at).outlineStyle }))(document)");
      const tabTo = async (what: (at: { href: string | null; name: string }) => boolean): Promise<void> => {
        for (let steps = 0; steps < 150; steps++) {
          await page.keyboard.press("Tab");
          const at = await focus();
          if (at.name !== "BODY" && at.name !== "AUDIO") assert.notEqual(at.ring, "none", `no ring around ${at.name} ${at.id} ${at.href}`);
          if (what(at)) return;
        }
        assert.fail("not reached with 150 tabs");
      };
      await visitor.go("/login");
      await tabTo((at) => at.name === "SUMMARY"); // nobody has a password yet: the code stands behind "I have a one-time code"
      await page.keyboard.press("Enter");
      await tabTo((at) => at.name === "INPUT");
      await page.keyboard.type(house.appliance.store.access.createLoginCode("supervisor"));
      await page.keyboard.press("Enter");
      await page.waitForURL((url) => url.pathname !== "/login");
      await page.waitForLoadState("load");

      await page.keyboard.press("g");
      await page.keyboard.press("l");
      await page.waitForURL("**/ledger");
      await page.waitForLoadState("load");
      await page.keyboard.press("g");
      await page.keyboard.press("c");
      await page.waitForURL("**/conversations");
      await page.waitForLoadState("load");
      await page.keyboard.press("?");
      await page.locator("#keys", { hasText: "next row" }).waitFor();
      await page.keyboard.press("Escape");
      await page.locator("#keys").waitFor({ state: "hidden" });
      await page.keyboard.press("Tab");
      assert.equal((await focus()).href, "#page", "the first stop leads past the rail");
      await tabTo((at) => at.href?.startsWith(`/calls/${HEARD}`) === true);
      await page.keyboard.press("Enter");
      await page.waitForURL(`**/calls/${HEARD}**`);
      await page.waitForLoadState("load");
      await page.keyboard.press("j");
      await page.keyboard.press("j");
      const moved = await ask<number>(page, "document.querySelector('audio').currentTime");
      assert.ok(moved > 0, "J moves by line");
      await page.keyboard.press(" ");
      await until("the sound goes on", 5000, async () => ((await ask<number>(page, "document.querySelector('audio').currentTime")) > moved ? true : undefined));
      await visitor.leave();
    });
  });
}
