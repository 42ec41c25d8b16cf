// The dashboard: view-model → HTML. Pure; the small browser code is in assets/.
export { renderCall, type CallPageView } from "./call/call-page.ts";
export { renderCalls, type CallRow, type CallsView, type OpenCall } from "./conversations/calls-page.ts";
export { escapeHtml, html, Html, urlPart, type Part } from "./frame/html.ts";
export type { Frame } from "./frame/layout.ts";
export { renderLedger, type LedgerRow, type LedgerView } from "./ledger/ledger-page.ts";
export { renderLogin, type LoginView } from "./account/login-page.ts";
export { renderProblem, type ProblemView } from "./frame/problem-page.ts";
export { metricRows, metricValue, type MetricRow, type MetricRows } from "./call/metric-rows.ts";
export { position, took } from "./frame/times.ts";
export { renderCompare, renderCustomers, type CompareView, type ComparedCustomer, type CustomerRow, type CustomersView } from "./thread/customers-page.ts";
export { customerName, renderThread } from "./thread/thread-page.ts";
export { renderConsentPreview, type ConsentPreview } from "./thread/consent-card.ts";
export { callLines } from "./thread/call-entry.ts";
export { channelWords } from "./thread/thread-words.ts";
export { customerAddress } from "./thread/proof.ts";
export type { DuplicateRow, FoundRow, FormCard, MatterDetail, MatterRow, MergeRow, Note, ThreadView, TodoItem } from "./thread/thread-view.ts";
