// Sets of filters that people keep under a name, each for oneself.
import { AppError, newId } from "../domain/index.ts";
import type { Clock, Db } from "../platform/index.ts";

export interface SavedView {
  id: string;
  name: string;
  /** as in the address of the page, without `?` */
  query: string;
}

export interface SavedViews {
  /** oldest first */
  of(owner: string): SavedView[];
  /** Under a name that is there already the filters are kept in its place. @throws AppError CONFLICT beyond 20 */
  keep(owner: string, name: string, query: string): SavedView;
  /** @returns undefined when the owner has no such view. @throws AppError CONFLICT when another one is called so */
  rename(owner: string, id: string, name: string): SavedView | undefined;
  /** @returns false when the owner has no such view */
  drop(owner: string, id: string): boolean;
}

const AT_MOST = 20;

/** @param db an open, migrated database */
export function createSavedViews(db: Db, clock: Clock): SavedViews {
  const all = db.prepare<[string], SavedView>("SELECT id, name, query FROM saved_views WHERE owner = ? ORDER BY created_at_ms, id");
  const named = db.prepare<[string, string], SavedView>("SELECT id, name, query FROM saved_views WHERE owner = ? AND name = ?");
  const insert = db.prepare<[string, string, string, string, number], SavedView>("INSERT INTO saved_views (id, owner, name, query, created_at_ms) VALUES (?, ?, ?, ?, ?) ON CONFLICT (owner, name) DO UPDATE SET query = excluded.query RETURNING id, name, query");
  const rename = db.prepare<[string, string, string], SavedView>("UPDATE saved_views SET name = ? WHERE owner = ? AND id = ? RETURNING id, name, query");
  const drop = db.prepare("DELETE FROM saved_views WHERE owner = ? AND id = ?");
  return {
    of: (owner) => all.all(owner),
    keep(owner, name, query) {
      if (named.get(owner, name) === undefined && all.all(owner).length >= AT_MOST) throw new AppError("CONFLICT", `You keep ${AT_MOST} views already; delete one of them first`);
      const now = clock.now();
      const kept = insert.get(newId("vue", now), owner, name, query, now);
      if (kept === undefined) throw new AppError("INTERNAL", "The view was not kept; try again");
      return kept;
    },
    rename(owner, id, name) {
      const other = named.get(owner, name);
      if (other !== undefined && other.id !== id) throw new AppError("CONFLICT", "Another of your views is called so; choose another name");
      return rename.get(name, owner, id);
    },
    drop: (owner, id) => drop.run(owner, id).changes > 0,
  };
}
