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
export { counted, figure, signed } from "./charts/figures.ts";
export { channelWord, channelWords } from "./frame/channel-words.ts";
export { conversationsLink, type ConversationsQuery } from "./frame/conversations-link.ts";
export { dayWordsOf, spanWords } from "./frame/days.ts";
export { capitalised, reasonWords } from "./frame/words.ts";
export type { WhyRow } from "./overview/cards.ts";
export type { FirstStepsView } from "./overview/first-steps.ts";
export { PERIODS, renderOverview, type BoardView, type OverviewView, type Period } from "./overview/overview-page.ts";
export type { Tile } from "./overview/tiles.ts";
