// The route table: every address that answers, with who may ask. What is not here does not exist.
import type { Route } from "../route.ts";
import { analyticsRoutes } from "./analytics.ts";
import { audioRoutes } from "./audio.ts";
import { callRoutes } from "./calls.ts";
import { consentRoutes } from "./consents.ts";
import { customerRoutes } from "./customers.ts";
import { eventRoutes } from "./events.ts";
import { healthRoutes } from "./health.ts";
import { loginRoutes } from "./login.ts";
import { pageRoutes } from "./pages.ts";
import { speechRoutes } from "./speech.ts";
import { transcriptRoutes } from "./transcripts.ts";
import { webhookRoutes } from "./webhooks.ts";
import { workRoutes } from "./work.ts";

export const ROUTES: readonly Route[] = [...webhookRoutes, ...callRoutes, ...transcriptRoutes, ...audioRoutes, ...workRoutes, ...customerRoutes, ...consentRoutes, ...analyticsRoutes, ...speechRoutes, ...eventRoutes, ...healthRoutes, ...pageRoutes, ...loginRoutes];
