// Customers: finding one, and the thread of one over all channels.
import type { Route } from "../route.ts";

export const customerPages: Route[] = [];
