// Every page of the dashboard.
import type { Route } from "../route.ts";
import { accountPages } from "./accounts.ts";
import { agentPages } from "./agents.ts";
import { assetRoutes } from "./asset.ts";
import { callPages } from "./call.ts";
import { callFormPages } from "./call-forms.ts";
import { conversationPages } from "./conversations.ts";
import { customerPages } from "./customers.ts";
import { jobPages } from "./jobs.ts";
import { ledgerPages } from "./ledger.ts";
import { loginRoutes } from "./login.ts";
import { overviewPages } from "./overview.ts";
import { peoplePages } from "./people.ts";
import { setUpRoutes } from "./set-up.ts";
import { settingPages } from "./settings.ts";

export const PAGES: readonly Route[] = [...overviewPages, ...conversationPages, ...customerPages, ...callPages, ...callFormPages, ...ledgerPages, ...jobPages, ...agentPages, ...settingPages, ...peoplePages, ...accountPages, ...setUpRoutes, ...loginRoutes, ...assetRoutes];
