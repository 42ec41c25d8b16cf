// The dashboard in a real Chromium, over the real server, engines and a sample call: one house and one browser for all of it.
import type { Browser } from "playwright-core";
import { chromiumPath, launchChromium } from "./chromium.ts";
import { openHouse, type House } from "./house.ts";
import { openDoor, type Door } from "./visitor.ts";
import { accessibility } from "./accessibility.ts";
import { hostileText } from "./hostile-text.ts";
import { journeys } from "./journeys.ts";
import { roles } from "./roles.ts";

/** What every suite uses; there once the tests run. */
export interface Building {
  house: House;
  door: Door;
}

describe("browser", function () {
  this.timeout(60_000);
  const building = {} as Building;
  let browser: Browser | undefined;
  before(async function () {
    this.timeout(240_000); // hearing the sample takes 15 s on an idle machine
    const program = chromiumPath();
    if (program === undefined) {
      console.log("      no Chromium on PATH: node scripts/setup.mjs --dev installs one where it may; the tests of the dashboard in a browser are skipped");
      this.skip();
    }
    [building.house, browser] = await Promise.all([openHouse(), launchChromium(program)]);
    building.door = openDoor(building.house, browser);
  });
  after(async () => {
    await browser?.close();
    await building.house?.end();
  });

  journeys(building);
  roles(building);
  accessibility(building);
  hostileText(building);
});
