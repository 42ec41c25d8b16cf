// What the first view of a screen weighs, and when it answers to people on a processor of a quarter of the speed.
import type { CDPSession } from "playwright-core";
import { chromiumPath, launchChromium } from "../browser/chromium.ts";
import { openHouse } from "../browser/house.ts";
import { notBuilt, SCREENS } from "../browser/screens.ts";
import { ask, openDoor, type Visitor } from "../browser/visitor.ts";
import { median } from "./statistics.ts";

/** An old office PC beside a new one. */
const SLOWER = 4;
/** After this long without a task of 50 ms, a page is taken to answer. */
const QUIET_MS = 400;

export interface Weight {
  requests: number;
  /** everything of the first view, headers included, as it came over the wire */
  kb: number;
  /** of them the page itself */
  page_kb: number;
  dom_ready_ms: number;
  /** the page is there, and the last long task of its start is over */
  interactive_ms: number;
  /** processor time of the page's thread until then, which a busy machine does not bend */
  busy_ms: number;
}

/** @param times each screen is opened, with an empty cache; times are medians. `(floor)`: the icon alone, what the machine and the browser need for nothing */
export async function measureWeight(times: number): Promise<Record<string, Weight>> {
  const program = chromiumPath();
  if (program === undefined) throw new Error("There is no Chromium on PATH; node scripts/setup.mjs --dev installs one where it may");
  const [house, browser] = await Promise.all([openHouse(), launchChromium(program)]);
  try {
    const door = openDoor(house, browser);
    const found: Record<string, Weight> = {};
    for (const screen of [{ name: "(floor)", address: () => "/assets/icon.svg", roles: [null] }, ...SCREENS.filter((one) => notBuilt(one) === undefined)]) {
      const visitor = await door.enter(screen.roles.includes(null) ? null : "admin");
      const cdp = await visitor.context.newCDPSession(visitor.page);
      await cdp.send("Network.enable");
      await cdp.send("Network.setCacheDisabled", { cacheDisabled: true });
      await cdp.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
      await cdp.send("Performance.enable", { timeDomain: "threadTicks" });
      await visitor.page.addInitScript("window.__longEnd = 0; new PerformanceObserver((list) => { for (const task of list.getEntries()) window.__longEnd = Math.max(window.__longEnd, task.startTime + task.duration); }).observe({ type: 'longtask', buffered: true });");
      const each: Weight[] = [];
      for (let i = 0; i < times; i++) each.push(await open(visitor, cdp, screen.address(house)));
      const middle = (pick: (one: Weight) => number): number => Math.round(median(each.map(pick)) * 10) / 10;
      found[screen.name] = { requests: middle((one) => one.requests), kb: middle((one) => one.kb), page_kb: middle((one) => one.page_kb), dom_ready_ms: middle((one) => one.dom_ready_ms), interactive_ms: middle((one) => one.interactive_ms), busy_ms: middle((one) => one.busy_ms) };
      await visitor.context.close();
    }
    return found;
  } finally {
    await browser.close();
    await house.end();
  }
}

async function open({ page, go }: Visitor, cdp: CDPSession, address: string): Promise<Weight> {
  await page.goto("about:blank");
  const sizes = new Map<string, number>();
  const count = ({ requestId, encodedDataLength }: { requestId: string; encodedDataLength: number }): void => void sizes.set(requestId, encodedDataLength);
  cdp.on("Network.loadingFinished", count); // the stream of events never finishes, and is not waited for
  const busyBefore = await busyMs(cdp);
  await go(address);
  await page.waitForTimeout(QUIET_MS);
  const busy = (await busyMs(cdp)) - busyBefore;
  cdp.off("Network.loadingFinished", count);
  const { ready, last, own } = await ask<{ ready: number; last: number; own: number }>(page, "(() => { const [way] = performance.getEntriesByType('navigation'); return { ready: way.domContentLoadedEventEnd, last: window.__longEnd ?? 0, own: way.transferSize }; })()");
  return { requests: sizes.size, kb: [...sizes.values()].reduce((sum, one) => sum + one, 0) / 1000, page_kb: own / 1000, dom_ready_ms: ready, interactive_ms: Math.max(ready, last), busy_ms: busy };
}

async function busyMs(cdp: CDPSession): Promise<number> {
  const { metrics } = await cdp.send("Performance.getMetrics");
  return (metrics.find((one) => one.name === "TaskDuration")?.value ?? 0) * 1000;
}
