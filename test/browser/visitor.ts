// Somebody at a browser: logged in with a role, with everything noted that a page must never do.
import assert from "node:assert/strict";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import type { Role } from "../../app/domain/index.ts";
import type { House } from "./house.ts";

export const DESKTOP = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };

export interface Visitor {
  /** errors of scripts, refusals of the policy, failed answers, dialogs and requests to elsewhere are noted */
  page: Page;
  context: BrowserContext;
  /** opens an address of the house @returns status of the answer, after redirects */
  go: (path: string) => Promise<number>;
  /** @throws AssertionError when there were problems since the last time */
  assertTidy: () => void;
  /** closes the page. @throws AssertionError when there were problems */
  leave: () => Promise<void>;
}

export interface Door {
  /** @param role null: nobody known */
  enter: (role: Role | null, options?: BrowserContextOptions) => Promise<Visitor>;
}

/** A login of each role is made once, by the form that people use, and its cookie reused: logging in is limited, and slow. */
export function openDoor(house: House, browser: Browser): Door {
  const logins = new Map<Role, Promise<Cookies>>();
  const loggedIn = async (role: Role): Promise<Cookies> => {
    const { page, context, go } = await visit(house, browser, {});
    await go(`/login?code=${house.appliance.store.access.createLoginCode(role)}`);
    await page.getByRole("button", { name: /log in/i }).click();
    await page.waitForURL((url) => url.pathname !== "/login");
    const state = await context.storageState();
    await context.close();
    return state;
  };
  return {
    async enter(role, options = {}) {
      if (role === null) return visit(house, browser, options);
      if (!logins.has(role)) logins.set(role, loggedIn(role));
      return visit(house, browser, { ...options, storageState: (await logins.get(role)) ?? { cookies: [], origins: [] } });
    },
  };
}

type Cookies = Awaited<ReturnType<BrowserContext["storageState"]>>;

async function visit(house: House, browser: Browser, options: BrowserContextOptions): Promise<Visitor> {
  const context = await browser.newContext({ baseURL: house.url, viewport: DESKTOP, locale: "en-GB", timezoneId: "America/New_York", ...options });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  const problems: string[] = [];
  let address = ""; // a page that is refused on purpose is what the caller asks about
  page.on("pageerror", (error) => problems.push(`error of a script: ${error.message}`));
  page.on("console", (message) => message.type() === "error" && !message.text().startsWith("Failed to load resource") && problems.push(`console: ${message.text()}`));
  page.on("dialog", (dialog) => {
    problems.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("request", (request) => !request.url().startsWith(`${house.url}/`) && problems.push(`request to ${request.url()}`));
  page.on("response", (response) => response.status() >= 400 && response.url() !== address && problems.push(`${response.status()} for ${response.url()}`));
  await page.addInitScript('document.addEventListener("securitypolicyviolation", (event) => console.error("policy:", event.violatedDirective, event.blockedURI, event.sourceFile))');
  const assertTidy = (): void => assert.deepEqual(problems.splice(0), []);
  return {
    page,
    context,
    assertTidy,
    async go(path) {
      address = new URL(path, house.url).href;
      return (await page.goto(path, { waitUntil: "load" }))?.status() ?? 0;
    },
    async leave() {
      await context.close();
      assertTidy();
    },
  };
}

/** Runs an expression in the page; text, since these files know no DOM. */
export function ask<T>(page: Page, expression: string): Promise<T> {
  return page.evaluate<T>(expression);
}
