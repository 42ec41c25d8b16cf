// The dashboard: view-model → HTML. Pure; the small browser code is in assets/.
export { renderCall, type CallPageView } from "./call/call-page.ts";
export { CSV_HEAD, csvLine, exportCells } from "./conversations/contacts-csv.ts";
export { renderConversations, type ConversationList, type ConversationsView } from "./conversations/conversations-page.ts";
export { listAddress, queryText, without, type Chosen, type Offers } from "./conversations/filters.ts";
export type { FoundContact, Hit } from "./conversations/found.ts";
export type { KeptView } from "./conversations/view-tabs.ts";
export { escapeHtml, html, Html, urlPart, type Part } from "./frame/html.ts";
export type { Frame } from "./frame/layout.ts";
export { renderLedger, type LedgerRow, type LedgerView } from "./ledger/ledger-page.ts";
export { renderLogin, type LoginView } from "./account/login-page.ts";
export { renderProblem, type ProblemView } from "./frame/problem-page.ts";
export { metricRows, metricValue, type MetricRow, type MetricRows } from "./call/metric-rows.ts";
export { position, took } from "./frame/times.ts";
