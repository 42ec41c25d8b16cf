// Who did something, as people say it: the name of a person or of a key, or plain words where there is none any more.
import type { Db } from "../platform/index.ts";

/** @param db an open, migrated database @returns words for an actor as it is stored: `user:per_…`, `user:lgn_…` (who came by a one-time code has no name), `key:key_…`, `source:pbx`, `earshot` */
export function createActorNames(db: Db): (actor: string) => string {
  const person = db.prepare<[string], string>("SELECT name FROM people WHERE id = ?").pluck();
  const key = db.prepare<[string], string>("SELECT name FROM api_keys WHERE id = ?").pluck();
  return (actor) => {
    const [kind, id = ""] = actor.split(":", 2);
    if (kind === "user") return id.startsWith("lgn_") ? "somebody with a one-time code" : (person.get(id) ?? "somebody whose account is gone");
    if (kind === "source") return "the channel itself";
    if (kind !== "key") return kind === "system" || kind === "earshot" || kind === "" ? "Earshot" : "somebody unknown";
    const name = key.get(id);
    return name === undefined ? "an API key that is gone" : `an API key named ${name}`;
  };
}
