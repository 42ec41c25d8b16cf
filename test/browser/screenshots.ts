// npm run screenshots [-- folder]: every screen as a picture: light, dark, and on a phone. The sample calls of the demo on the afternoon after them, whatever day it is.
import { mkdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import sharp from "sharp";
import { installationRoot, systemClock, type Clock } from "../../app/platform/index.ts";
import { chromiumPath, launchChromium } from "./chromium.ts";
import { openHouse } from "./house.ts";
import { notBuilt, SCREENS } from "./screens.ts";
import { DESKTOP, openDoor, PHONE } from "./visitor.ts";

/** When the pictures are taken: the sample calls were on the third of November, their customer wrote until the fourth. */
const TAKEN_AT_MS = Date.UTC(2026, 10, 4, 15, 10);
const SAMPLES = ["double-charge", "card-payment", "flight-change", "late-delivery", "no-internet", "stolen-card"];
const LOOKS = [
  { name: "light", viewport: { ...DESKTOP, height: 1000 }, colorScheme: "light" },
  { name: "dark", viewport: { ...DESKTOP, height: 1000 }, colorScheme: "dark" },
  { name: "phone", viewport: PHONE, colorScheme: "light" },
] as const;

const [, , wanted = "var/screenshots", only = ""] = process.argv;
const folder = resolve(installationRoot(), wanted);
const program = chromiumPath();
if (program === undefined) throw new Error("There is no Chromium on PATH; node scripts/setup.mjs --dev installs one where it may");
const startedMs = Date.now();
const clock: Clock = { now: () => TAKEN_AT_MS + Date.now() - startedMs, sleep: (ms, signal) => systemClock.sleep(ms, signal) };
const house = await openHouse(SAMPLES, { clock });
const browser = await launchChromium(program);
try {
  const door = openDoor(house, browser);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const { name, ...look } of LOOKS) {
    for (const screen of SCREENS.filter((one) => notBuilt(one) === undefined && one.name.includes(only))) {
      const visitor = await door.enter(screen.roles.includes(null) ? null : "admin", { ...look, reducedMotion: "reduce" });
      await visitor.go(screen.address(house));
      const path = join(folder, `${screen.name.replaceAll(" ", "-")}-${name}.webp`);
      await sharp(await visitor.page.screenshot({ fullPage: look.viewport.width === PHONE.width })).webp({ lossless: true, effort: 6 }).toFile(path);
      await visitor.leave();
      console.log(path);
    }
  }
} finally {
  await browser.close();
  await house.end();
}
