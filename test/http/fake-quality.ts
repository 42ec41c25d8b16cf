// Rules and scorecards of the appliance that tests of the web server stand on.
import { AppError, type CallView } from "../../app/domain/index.ts";
import type { Appliance, SessionQuality } from "../../app/pipeline/index.ts";

/** One rule, one card, and the quality of the calls that the fake holds; answers are written down in `answered`. */
export function fakeQuality(house: () => { calls: CallView[]; answered: string[]; trouble: Error | undefined }): Appliance["quality"] {
  const ofSession = (id: string): SessionQuality => {
    const call = house().calls.find((one) => one.session_id === id);
    if (call === undefined) throw new AppError("NOT_FOUND", "There is no session with this id");
    const { categories, alerts, rules_not_measurable, scorecards } = call;
    return { session_id: id, channel: "phone", call_id: call.call_id, agent: call.agent ?? { id: null, name: null }, categories, alerts, not_measurable: rules_not_measurable, scorecards };
  };
  const noted = (line: string, id: string): SessionQuality => {
    const { answered, trouble } = house();
    if (trouble !== undefined) throw trouble;
    answered.push(line);
    return ofSession(id);
  };
  return {
    rules: () => ({ hash: "0123456789ab", items: [{ rule: "supervisor_asked_for", label: "Supervisor asked for", category: true, alert: { severity: "warning", webhook: null }, matched: 2, not_measurable: 1, alerts: 1 }] }),
    scorecards: () => ({ hash: "0123456789ab", items: [{ card: "standard", label: "Conversation quality", version: 1, questions: [{ question: "greeting", text: "Does the agent greet the customer?", kind: "yes_no", weight: 1, auto_fail: false, asks_model: false }] }] }),
    ofSession,
    answer: async (id, card, question, { answer, comment }, by) => noted(`${by.actor.id} ${card}.${question}=${answer} ${comment ?? ""}`.trim(), id),
    takeBack: async (id, card, question, by) => noted(`${by.actor.id} ${card}.${question} back`, id),
    agreement: (card, version = 1) => ({ card, version, items: [{ question: "greeting", text: "Does the agent greet the customer?", n: 4, agreed: 3, share: 0.75, kappa: 0.5, unanswered: 1 }] }),
  };
}
