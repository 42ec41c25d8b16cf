// Tables that are asked with other people's words. Pure.

/**
 * A table that knows only what is in it. A plain object also answers to "constructor", which builders say in calls: such a message was
 * refused, such a call failed.
 */
export function wordTable<T>(entries: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.freeze(Object.assign(Object.create(null) as Record<string, T>, entries));
}
