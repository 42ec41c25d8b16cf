// Agents, topics and trends: comparison with drill-down.
import type { Route } from "../route.ts";

export const agentPages: Route[] = [];
