// The conversation store: the only owner of the schema.
export * from "./audit-types.ts";
export * from "./store.ts";
export * from "./views.ts";
