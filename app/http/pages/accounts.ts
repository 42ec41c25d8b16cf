// Accounts of people: who may log in, with which role, and what they see.
import type { Route } from "../route.ts";

export const accountPages: Route[] = [];
