// Settings: what is configured, where it comes from, and what a change would do.
import type { Route } from "../route.ts";

export const settingPages: Route[] = [];
