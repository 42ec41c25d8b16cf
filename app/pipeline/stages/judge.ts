// judge: a person corrected a finished call. What was found in and judged from the words before is found and judged anew, without hearing the call again.
import type { NewAlert } from "../../store/index.ts";
import { isCorrectable, judgeLater, JUDGED_AFTER_MS, SETTLED_MS } from "../corrections/judge-later.ts";
import type { Parts } from "../parts.ts";
import { postResult } from "../post-result.ts";
import { judgeStored } from "../quality/judge-stored.ts";
import { tellAlerts } from "../quality/judgement.ts";
import { changesOf, matchedRules } from "../quality/matched-rules.ts";
import type { CallStage, StageInput } from "../stage.ts";
import { analyseCall } from "./analyse.ts";

export const judge: CallStage = {
  name: "judge",
  subject: "call",
  lane: "cpu",
  next: null,
  isAfterwards: true,
  waiting: "What was judged from the words before is judged anew in a moment",
  async run(input, parts, signal) {
    const { id } = input.session;
    const { corrections, sessions, ruleHits } = parts.store.writes;
    const said = corrections.stamp(id);
    const work = await judgeAnew(input, parts, signal);
    let alerts: NewAlert[] = [];
    let detail = "There is nothing to judge: nothing was found in this call";
    return {
      save() {
        if (work === undefined) return;
        if (!isCorrectable(sessions.byId(id)) || corrections.stamp(id) !== said) {
          detail = "Corrected once more meanwhile; judged anew when that has settled";
          return judgeLater(id, parts);
        }
        const before = matchedRules(ruleHits.of(id));
        // whoever was told of a rule that matched before is not told again
        const kept = work.keep((rule) => !before.includes(rule));
        alerts = kept.alerts;
        if (kept.revision !== undefined) postResult(id, kept.revision, parts, parts.clock.now() + SETTLED_MS - JUDGED_AFTER_MS);
        const { now_matched, no_longer_matched } = changesOf(before, matchedRules(ruleHits.of(id)));
        detail = `${work.detail}; ${now_matched.length} rules match now, ${no_longer_matched.length} no longer do`;
      },
      get detail() {
        return detail;
      },
      afterCommit: async () => tellAlerts(alerts, parts),
    };
  },
};

interface Anew {
  keep(mayAlert: (rule: string) => boolean): { revision: number | undefined; alerts: NewAlert[] };
  detail: string;
}

/** Words that changed are read anew; a topic or an outcome changes nothing but what rules and scorecards make of it. */
async function judgeAnew({ session, recording }: StageInput, parts: Parts, signal: AbortSignal): Promise<Anew | undefined> {
  const { corrections, findings, sessions } = parts.store.writes;
  const found = findings.analysisOf(session.id);
  if (found === undefined) return undefined;
  if (corrections.spokenOfTurns(session.id, found.atMs)) return analyseCall({ session, recording }, parts, signal);
  const judged = await judgeStored(session, recording, found, parts, signal);
  return {
    keep(mayAlert) {
      const alerts = judged.keep(mayAlert);
      return alerts === undefined ? { revision: undefined, alerts: [] } : { revision: sessions.nextRevision(session.id), alerts };
    },
    detail: "Rules and scorecards judged it anew",
  };
}
