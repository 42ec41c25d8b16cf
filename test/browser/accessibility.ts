// axe-core on every screen: light, dark, desktop and phone; nothing scrolls sideways.
import assert from "node:assert/strict";
import axe from "axe-core";
import type { Page } from "playwright-core";
import type { Building } from "./browser.test.ts";
import { SCREENS, skipUntilBuilt } from "./screens.ts";
import { ask, DESKTOP, PHONE, type Visitor } from "./visitor.ts";

/** What colours decide, and what the width decides; the other eighty rules read the document, which is the same in all four looks. */
const BY_COLOUR = ["color-contrast", "link-in-text-block"];
const BY_WIDTH = ["color-contrast", "target-size", "scrollable-region-focusable", "avoid-inline-spacing", "frame-focusable-content", "skip-link"];
const LOOKS = [
  { name: "light", size: DESKTOP, scheme: "light", rules: null },
  { name: "dark", size: DESKTOP, scheme: "dark", rules: BY_COLOUR },
  { name: "phone, dark", size: PHONE, scheme: "dark", rules: BY_COLOUR },
  { name: "phone, light", size: PHONE, scheme: "light", rules: BY_WIDTH },
] as const;

export function accessibility(building: Building): void {
  describe("accessibility", () => {
    const visitors = new Map<"admin" | null, Visitor>();
    before(async () => {
      for (const role of [null, "admin"] as const) visitors.set(role, await building.door.enter(role, { reducedMotion: "reduce" }));
    });
    after(async () => {
      for (const visitor of visitors.values()) await visitor.context.close();
    });
    for (const screen of SCREENS) {
      it(`${screen.name}: no violations in light, dark, on a desktop and a phone, and no sideways scrolling`, async function () {
        skipUntilBuilt(this, screen);
        const { page, go, assertTidy } = visitors.get(screen.roles.includes(null) ? null : "admin") ?? assert.fail();
        await page.setViewportSize(DESKTOP);
        await go(screen.address(building.house));
        await ask(page, axe.source); // by the debugger's door, which the policy of the page does not close
        const found: string[] = [];
        for (const { name, size, scheme, rules } of LOOKS) {
          await page.emulateMedia({ colorScheme: scheme });
          await page.setViewportSize(size);
          found.push(...(await violations(page, rules)).map((one) => `${name}: ${one}`));
          const width = await ask<number>(page, "document.documentElement.scrollWidth");
          if (width > size.width) found.push(`${name}: ${width} px wide; ${await ask<string>(page, WIDEST)}`);
        }
        assert.deepEqual(found, []);
        assertTidy();
      });
    }
  });
}

async function violations(page: Page, rules: readonly string[] | null): Promise<string[]> {
  const options = { resultTypes: ["violations"], ...(rules === null ? {} : { runOnly: { type: "rule", values: rules } }) };
  const { violations: list } = await ask<axe.AxeResults>(page, `axe.run(document, ${JSON.stringify(options)})`);
  return list.map((one) => `${one.id}: ${one.help}: ${one.nodes.slice(0, 3).map((node) => `${node.html.slice(0, 160)} (${(node.any[0]?.message ?? node.all[0]?.message ?? "").slice(0, 160)})`).join(" | ")}`);
}

/** The innermost thing that reaches past the right border without being scrolled or cut by its own box, for whoever has to mend it. */
export const WIDEST = `(() => {
  const isCut = (at) => at && at !== document.body && (getComputedStyle(at).overflowX !== "visible" || isCut(at.parentElement));
  const wide = [...document.querySelectorAll("body *")].filter((at) => at.getBoundingClientRect().right > innerWidth + 1 && !isCut(at.parentElement));
  return wide.at(-1)?.outerHTML.slice(0, 300) ?? "nothing found";
})()`;
