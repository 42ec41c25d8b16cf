// The dashboard: view-model → HTML. Pure; the small browser code is in assets/.
export { renderCall, type CallPageView } from "./call/call-page.ts";
export { renderCalls, type CallRow, type CallsView, type OpenCall } from "./conversations/calls-page.ts";
export { escapeHtml, html, Html, urlPart, type Part } from "./frame/html.ts";
export type { Frame } from "./frame/layout.ts";
export { JOB_TABS, renderJobs, type JobsView } from "./ledger/jobs-page.ts";
export { renderLedger, type LedgerRow, type LedgerView } from "./ledger/ledger-page.ts";
export { LEDGER_TABS, type LedgerTab } from "./ledger/ledger-words.ts";
export { renderLogin, type LoginView } from "./account/login-page.ts";
export { renderProblem, type ProblemView } from "./frame/problem-page.ts";
export { metricRows, metricValue, type MetricRow, type MetricRows } from "./call/metric-rows.ts";
export { position, took } from "./frame/times.ts";
