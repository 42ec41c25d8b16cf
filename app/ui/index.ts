// The dashboard: view-model → HTML. Pure; the small browser code is in assets/.
export { renderCall, type CallPageView } from "./call-page.ts";
export { renderCalls, type CallRow, type CallsView, type OpenCall } from "./calls-page.ts";
export { escapeHtml, html, Html, urlPart, type Part } from "./html.ts";
export type { Frame } from "./layout.ts";
export { renderLedger, type LedgerRow, type LedgerView } from "./ledger-page.ts";
export { renderLogin, type LoginView } from "./login-page.ts";
export { renderProblem, type ProblemView } from "./problem-page.ts";
export { metricRows, metricValue, type MetricRow, type MetricRows } from "./metric-rows.ts";
export { position, took } from "./times.ts";
