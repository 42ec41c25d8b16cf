// Each role sees what it may, and is offered nothing else.
import assert from "node:assert/strict";
import type { Building } from "./browser.test.ts";
import type { Role } from "../../app/domain/index.ts";
import { HEARD } from "./house.ts";
import { notBuilt, PEOPLE, SCREENS, skipUntilBuilt } from "./screens.ts";
import type { Visitor } from "./visitor.ts";

export function roles(building: Building): void {
  describe("roles", () => {
    const visitors = new Map<Role | null, Visitor>();
    before(async () => {
      for (const role of [null, ...PEOPLE]) visitors.set(role, await building.door.enter(role));
    });
    after(async () => {
      for (const visitor of visitors.values()) await visitor.context.close();
    });
    const as = (role: Role | null): Visitor => visitors.get(role) ?? assert.fail(`nobody is ${role}`);

    for (const screen of SCREENS) {
      it(`${screen.name}: shown to ${screen.roles.map((role) => role ?? "nobody known").join(", ")} with what must be there, refused to everybody else`, async function () {
        skipUntilBuilt(this, screen);
        const address = screen.address(building.house);
        for (const role of screen.roles.includes(null) ? [null] : PEOPLE) {
          const { page, go, assertTidy } = as(role);
          const status = await go(address);
          assert.equal(await page.getByRole("heading", { level: 1 }).count(), 1, `${role}: one h1`);
          if (screen.roles.includes(role)) {
            assert.equal(status, 200, `${role}`);
            assert.equal(new URL(page.url()).pathname, new URL(address, building.house.url).pathname, `${role}: led elsewhere`);
            if (role !== "agent") for (const selector of screen.has) assert.ok((await page.locator(selector).count()) > 0, `${role}: ${selector} is missing`);
          } else assert.ok(status === 403 || status === 404, `${role} was answered ${status}`);
          assertTidy();
        }
      });
    }

    for (const role of PEOPLE) {
      it(`every place that the rail offers opens, for the role ${role}`, async () => {
        const { page, context, go, assertTidy } = as(role);
        await go("/conversations");
        const places = await page.locator(".rail a[data-key]").evaluateAll((links) => links.map((link) => String(link.getAttribute("href"))));
        assert.ok(places.length >= 2, "a rail has places");
        for (const address of places) {
          const screen = SCREENS.find((one) => one.address(building.house) === address);
          assert.ok(screen, `${address} is no screen of the list`);
          if (notBuilt(screen) === undefined) assert.equal((await context.request.get(address)).status(), 200, address);
        }
        assertTidy();
      });
    }

    it("an agent without contacts of its own sees no call, no text and no name of one", async () => {
      const { page, context, go, assertTidy } = as("agent");
      await go("/conversations");
      assert.equal(await page.locator('a[href^="/calls/"], a[href^="/customers/"]').count(), 0);
      assert.equal(await go(`/calls/${HEARD}`), 404);
      assert.doesNotMatch((await page.locator("body").textContent()) ?? "", /charged|Billing|Laura/i);
      assert.equal((await context.request.get(`/v1/calls/${HEARD}/audio`)).status(), 404);
      assertTidy();
    });

    it("nobody known is led to the login from every screen, and back to where they wanted", async () => {
      const { page, context, go, assertTidy } = as(null);
      for (const screen of SCREENS.filter((one) => notBuilt(one) === undefined && !one.roles.includes(null))) {
        const answer = await context.request.get(screen.address(building.house), { maxRedirects: 0, headers: { accept: "text/html" } });
        assert.deepEqual([answer.status(), answer.headers()["location"]?.split("?")[0]], [303, "/login"], screen.name);
      }
      await go("/ledger?unfinished=true");
      await page.locator("summary", { hasText: "one-time code" }).click();
      await page.locator("input[name=code]").fill(building.house.appliance.store.access.createLoginCode("analyst"));
      await page.keyboard.press("Enter");
      await page.waitForURL("**/ledger?unfinished=true");
      assertTidy();
    });
  });
}
