// The dashboard: view-model → HTML. Pure; the small browser code is in assets/.
export { lengthOf, renderCall, type CallPageView } from "./call/call-page.ts";
export { renderCalls, type CallRow, type CallsView, type OpenCall } from "./conversations/calls-page.ts";
export { escapeHtml, html, Html, urlPart, type Part } from "./frame/html.ts";
export type { Frame } from "./frame/layout.ts";
export { renderLedger, type LedgerRow, type LedgerView } from "./ledger/ledger-page.ts";
export { renderLogin, type LoginView } from "./account/login-page.ts";
export { renderAccount, type AccountView, type OwnSession } from "./account/account-page.ts";
export { renderPeople, renderSetUpLink, type PeopleView, type PersonRow, type SetUpLinkView } from "./account/people-page.ts";
export { EMPTY_FIELDS, type PersonFields, type TeamView } from "./account/person-form.ts";
export { renderPerson, type PersonView } from "./account/person-page.ts";
export { renderSetUp, type SetUpView } from "./account/set-up-page.ts";
export type { Sight } from "./account/access-words.ts";
export { renderProblem, type ProblemView } from "./frame/problem-page.ts";
export { metricRows, metricValue, type MetricRow, type MetricRows } from "./call/metric-rows.ts";
export { createTimes, position, took } from "./frame/times.ts";
export { turnStrip, type CallSound } from "./call/turn-strip.ts";
export type { AgreementNotes } from "./call/call-quality.ts";
