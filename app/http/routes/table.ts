// The route table: every address that answers, with who may ask. What is not here does not exist.
import { PAGES } from "../pages/table.ts";
import type { Route } from "../route.ts";
import { analyticsRoutes } from "./analytics.ts";
import { audioRoutes } from "./audio.ts";
import { callRoutes } from "./calls.ts";
import { attachmentRoutes } from "./attachments.ts";
import { channelRoutes } from "./channels.ts";
import { contextRoutes } from "./context.ts";
import { correctionRoutes } from "./corrections.ts";
import { consentRoutes } from "./consents.ts";
import { customerRoutes } from "./customers.ts";
import { eventRoutes } from "./events.ts";
import { healthRoutes } from "./health.ts";
import { issueRoutes } from "./issues.ts";
import { messageRoutes } from "./messages.ts";
import { qualityRoutes } from "./quality.ts";
import { searchRoutes } from "./search.ts";
import { speechRoutes } from "./speech.ts";
import { threadRoutes } from "./threads.ts";
import { transcriptRoutes } from "./transcripts.ts";
import { webhookRoutes } from "./webhooks.ts";
import { workflowRoutes } from "./workflows.ts";
import { workRoutes } from "./work.ts";

export const ROUTES: readonly Route[] = [...webhookRoutes, ...channelRoutes, ...messageRoutes, ...callRoutes, ...correctionRoutes, ...transcriptRoutes, ...audioRoutes, ...workRoutes, ...attachmentRoutes, ...customerRoutes, ...consentRoutes, ...contextRoutes, ...searchRoutes, ...threadRoutes, ...workflowRoutes, ...issueRoutes, ...analyticsRoutes, ...qualityRoutes, ...speechRoutes, ...eventRoutes, ...healthRoutes, ...PAGES];
