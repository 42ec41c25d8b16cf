// key, user and team: who may ask, with which role, and whose contacts each sees. Works beside a running Earshot.
import { InvalidArgumentError, type Command } from "commander";
import { AppError, PERSON_ROLES, ROLES, SEES, type PersonRole, type Role, type Sees } from "../domain/index.ts";
import { loadConfig, publicUrl, type Config } from "../platform/index.ts";
import type { Person, Store } from "../store/index.ts";
import { say, table } from "./output.ts";

export function addPeopleVerbs(program: Command): void {
  const key = program.command("key").description("API keys of machines");
  key
    .command("create")
    .description("print a new API key; it is shown once and cannot be read again")
    .requiredOption("--name <name>", "what the key is for", nameArgument)
    .requiredOption("--role <role>", ROLES.join(" | "), oneOf(ROLES))
    .option("--agent <id>", "only this agent's contacts: id at the telephone system", nameArgument)
    .option("--team <name>", "only the contacts of this team's agents", nameArgument)
    .action((options: KeyOptions) => withStore((store) => createKey(store, options)));

  const user = program.command("user").description("people who use the dashboard");
  user
    .command("add")
    .description("add a person and print the link with which it chooses a password, once, within 24 hours. Without --login: print a link that opens the dashboard once, within 15 minutes, for nobody in particular")
    .requiredOption("--name <name>", "who it is", nameArgument)
    .requiredOption("--role <role>", PERSON_ROLES.join(" | "), oneOf(ROLES))
    .option("--login <name>", "login name: letters, digits and . _ @ + -")
    .option("--sees <what>", `${SEES.join(" | ")}; what the role usually sees when absent`, oneOf(SEES))
    .option("--agent <id>", "id at the telephone system, for whoever sees own contacts", nameArgument)
    .option("--team <name>", "for whoever sees a team's contacts", nameArgument)
    .action((options: AddOptions) => withStore((store, config) => add(store, config, options)));
  user.command("list").description("everybody who may log in, and what each sees").action(() => withStore(list));
  user
    .command("role <login> <role>")
    .description("change a role and what the person sees; counts from the next page that it opens")
    .option("--sees <what>", SEES.join(" | "), oneOf(SEES))
    .option("--agent <id>", "id at the telephone system; as it was when absent", nameArgument)
    .option("--team <name>", "as it was when absent", nameArgument)
    .action((login: string, role: string, options: BoundOptions) => withStore((store) => changeRole(store, login, oneOf(PERSON_ROLES)(role), options)));
  user.command("reset <login>").description("take the password away, end all logins, and print a new set-up link").action((login: string) => withStore((store, config) => reset(store, config, login)));
  user.command("disable <login>").description("log a person out everywhere; it cannot log in any more").action((login: string) => withStore((store) => setDisabled(store, login, true)));
  user.command("enable <login>").description("let a person log in again").action((login: string) => withStore((store) => setDisabled(store, login, false)));

  const team = program.command("team").description("teams: whose contacts supervisors and analysts of a team see");
  team.command("set <name> [agent...]").description("make a team, or replace its agents (ids at the telephone system)").action((name: string, agents: string[]) => withStore((store) => setTeam(store, nameArgument(name), agents)));
  team.command("list").description("every team with its agents").action(() => withStore((store) => say(table(store.teams.list().map(({ name, agentIds }) => [name, agentIds.join(" ") || "no agents"])))));
}

interface BoundOptions {
  sees?: Sees;
  agent?: string;
  team?: string;
}
type KeyOptions = BoundOptions & { name: string; role: Role };
type AddOptions = BoundOptions & { name: string; role: Role; login?: string };

/** Whoever may open the database is an administrator. */
async function withStore(work: (store: Store, config: Config) => void): Promise<void> {
  const config = loadConfig();
  const { store, close } = await (await import("./open-store.ts")).openStore(config, false);
  try {
    work(store, config);
  } finally {
    close();
  }
}

function createKey(store: Store, { name, role, agent, team }: KeyOptions): void {
  if ((agent !== undefined || team !== undefined) && (role === "admin" || role === "intake")) throw new AppError("REQUEST_INVALID", `A key of the role ${role} cannot be bound to agents; take analyst or agent`);
  if (agent !== undefined && team !== undefined) throw new AppError("REQUEST_INVALID", "A key sees one agent's contacts or a team's; say --agent or --team");
  const known = team === undefined ? undefined : (store.teams.find(team) ?? noTeam(team));
  const secret = store.access.createKey(name, role, { agentId: agent, team: known?.name });
  audited(store, "key.created", { kind: "key", id: null }, agent !== undefined ? `agent ${agent}` : team !== undefined ? "a team" : undefined);
  say(secret);
}

/** The code is a secret: it goes to stdout and nowhere else. */
function add(store: Store, config: Config, { name, role, login, sees, agent, team }: AddOptions): void {
  if (login === undefined) {
    if (sees !== undefined || agent !== undefined || team !== undefined) throw new AppError("REQUEST_INVALID", "--sees, --agent and --team are for a person with --login; a login that works once is bound to nobody");
    const code = store.access.createLoginCode(role);
    audited(store, "login.created", { kind: "user", id: name }, role);
    return say(`${publicUrl(config)}/login?code=${code}`);
  }
  const person = store.people.add({ name, login, role: personRole(role), sees, agentId: agent, team });
  audited(store, "person.added", { kind: "person", id: person.id }, `${person.role}, sees ${person.sees}`);
  say(setUpLink(store, config, person));
}

function reset(store: Store, config: Config, login: string): void {
  const person = known(store, login);
  audited(store, "person.reset", { kind: "person", id: person.id });
  say(setUpLink(store, config, person));
}

function changeRole(store: Store, login: string, role: PersonRole, { sees, agent, team }: BoundOptions): void {
  const before = known(store, login);
  const after = store.people.change(before.id, { role, sees, agentId: agent ?? before.agentId, team: team ?? before.team });
  audited(store, "person.changed", { kind: "person", id: after.id }, `${after.role}, sees ${after.sees}`);
  say(lineOf(store, after).join("  "));
}

function setDisabled(store: Store, login: string, isDisabled: boolean): void {
  const { id } = known(store, login);
  const person = isDisabled ? store.people.disable(id) : store.people.enable(id);
  audited(store, isDisabled ? "person.disabled" : "person.enabled", { kind: "person", id });
  say(lineOf(store, person).join("  "));
}

function list(store: Store): void {
  const people = store.people.list();
  say(people.length === 0 ? 'nobody yet: earshot user add --name "Ana Keller" --login ana --role admin' : table(people.map((person) => lineOf(store, person))));
}

function setTeam(store: Store, name: string, agents: readonly string[]): void {
  const team = store.teams.save(name, agents.map(nameArgument));
  audited(store, "team.saved", { kind: "team", id: team.name }, `${team.agentIds.length} agents`);
  say(`${team.name}  ${team.agentIds.join(" ") || "no agents"}`);
}

function setUpLink(store: Store, config: Config, { id }: Person): string {
  return `${publicUrl(config)}/set-up?code=${store.access.invite(id)}`;
}

function lineOf(store: Store, { login, name, role, sees, agentId, team, state }: Person): string[] {
  const what = sees === "all" ? "sees all" : sees === "own" ? `sees agent ${agentId ?? ""}` : `sees ${team ?? ""} (${store.teams.agentsOf(team ?? "").join(" ") || "no agents"})`;
  return [login, name, role, what, state];
}

function known(store: Store, login: string): Person {
  const person = store.people.byLogin(login);
  if (person === undefined) throw new AppError("NOT_FOUND", `Nobody has the login name ${login}; see: earshot user list`);
  return person;
}

function noTeam(name: string): never {
  throw new AppError("NOT_FOUND", `There is no team ${name}; make it with: earshot team set ${JSON.stringify(name)} <agent ids>`);
}

function personRole(role: Role): PersonRole {
  if (role === "intake") throw new AppError("REQUEST_INVALID", "The role intake is for machines; make a key with: earshot key create");
  return role;
}

function audited(store: Store, action: string, object: { kind: string; id: string | null }, reason?: string): void {
  store.audit.append({ actor: { kind: "system", id: "command line", ip: null }, action, object, outcome: "ok", ...(reason === undefined ? {} : { reason }) });
}

function oneOf<T extends string>(allowed: readonly T[]): (text: string) => T {
  return (text) => {
    const found = allowed.find((one) => one === text);
    if (found === undefined) throw new InvalidArgumentError(`expected one of ${allowed.join(", ")}`);
    return found;
  };
}

function nameArgument(text: string): string {
  // eslint-disable-next-line no-control-regex
  if (text.trim() === "" || text.length > 80 || /[\u0000-\u001f]/.test(text)) throw new InvalidArgumentError("expected 1 to 80 printable characters");
  return text.trim();
}
