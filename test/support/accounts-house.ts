// The web server over real people, sessions and audit trail in a real database; the rest of the house is the fake one.
import type supertest from "supertest";
import { openDatabase, type Db } from "../../app/platform/index.ts";
import { createStore, migrate, type AuditEvent, type NewPerson, type Store } from "../../app/store/index.ts";
import { start, type Harness } from "../http/harness.ts";
import type { Config } from "../../app/platform/index.ts";
import { quickPasswords, type QuickPasswords } from "./quick-passwords.ts";

export const PASSWORD = "four plain words here";
export const SAME = { "Sec-Fetch-Site": "same-origin", Accept: "text/html" };

export interface AccountsHouse extends Harness {
  db: Db;
  store: Store;
  passwords: QuickPasswords;
  /** a person with a password, without a session @returns its id */
  settle(login: string, role: NewPerson["role"], more?: Partial<NewPerson>): Promise<string>;
  logIn(login: string, password?: string, headers?: Record<string, string>): supertest.Test;
  /** @returns the cookie of a new login */
  cookie(login: string, headers?: Record<string, string>): Promise<string>;
  get(path: string, cookie: string): supertest.Test;
  post(path: string, cookie: string, fields?: Record<string, string>): supertest.Test;
  audited(): AuditEvent[];
}

export function openAccounts(settings?: Config): AccountsHouse {
  const house = start(settings);
  const db = openDatabase(":memory:");
  migrate(db);
  const passwords = quickPasswords();
  const store = createStore(db, house.fake.clock, passwords);
  Object.assign(house.fake.store, { people: store.people, teams: store.teams, access: store.access, audit: store.audit });
  house.fake.audit = (event) => store.audit.append(event);
  const form = (path: string, headers: Record<string, string>, fields: Record<string, string>): supertest.Test => house.agent.post(path).type("form").set({ ...SAME, ...headers }).redirects(0).send(fields);
  const logIn: AccountsHouse["logIn"] = (login, password = PASSWORD, headers = {}) => form("/login", headers, { login, password });
  return {
    ...house, db, store, passwords, logIn,
    async settle(login, role, more) {
      const { id } = store.people.add({ login, name: `Name of ${login}`, role, ...more });
      const made = await store.access.setUp(store.access.invite(id), PASSWORD, { address: "test", browser: null });
      store.access.endLogin(made?.token ?? "");
      return id;
    },
    cookie: async (login, headers) => cookieOf(await logIn(login, PASSWORD, headers)),
    get: (path, cookie) => house.agent.get(path).set({ Cookie: cookie, Accept: "text/html" }).redirects(0),
    post: (path, cookie, fields = {}) => form(path, { Cookie: cookie }, fields),
    audited: () => db.prepare<[], string>("SELECT event FROM events ORDER BY seq").pluck().all().map((text) => JSON.parse(text) as AuditEvent),
    async end() {
      await house.end();
      db.close();
    },
  };
}

/** What a browser sends back of an answer's cookie. */
export function cookieOf({ headers }: { headers: Record<string, unknown> }): string {
  return (headers["set-cookie"] as string[] | undefined)?.[0]?.split(";")[0] ?? "";
}
