// What patterns could not read for open forms is asked of the language model, once a session was analysed. It only proposes: the check disposes, the fold decides.
import { checkProposals, foldForm, wantedSlots } from "../../analysis/index.ts";
import type { SessionRow, SlotProposal } from "../../store/index.ts";
import type { Parts } from "../parts.ts";
import { earlierOf, foldLater, proposedFor, readConversation } from "./fold-forms.ts";

export interface Proposals {
  passed: SlotProposal[];
  dropped: number;
}

const NONE: Proposals = { passed: [], dropped: 0 };

/**
 * @param reason of the analysis that was just made: it may begin a form
 * @returns what was found and proved. A model that fails finds nothing: forms are none of the stage's own work.
 * @throws the signal's reason
 */
export async function proposeSlots({ conversation_id: conversationId, id: sessionId }: SessionRow, reason: string | null, parts: Parts, signal: AbortSignal): Promise<Proposals> {
  const { slots, reader, prepared } = parts.workflows;
  const conversation = slots === undefined || conversationId === null ? undefined : parts.store.writes.forms.conversation(conversationId);
  if (slots === undefined || conversationId === null || conversation === undefined || conversation.status === "resolved") return NONE;
  const { rows, messages, proposed, isCut } = readConversation(conversationId, parts);
  const reasons = [...conversation.reasons, ...(reason === null ? [] : [reason])];
  const known = parts.store.writes.forms.of(conversationId);
  const found: Proposals = { passed: [], dropped: 0 };
  for (const workflow of prepared) {
    const { name } = workflow.workflow;
    const earlier = isCut ? earlierOf(known.find((one) => one.workflow === name), rows[0]) : undefined;
    const form = foldForm(workflow, { messages, reasons, likely: conversation.likely, earlier, proposals: proposedFor(workflow, messages, proposed, reader) }, reader);
    const wanted = form === undefined || form.isComplete ? [] : wantedSlots(workflow.workflow, form.slots);
    if (wanted.length === 0) continue;
    try {
      const { passed, dropped } = checkProposals(workflow, messages, await slots.propose(workflow, messages, wanted, signal), reader);
      found.passed.push(...passed.map((one) => ({ ...one, workflow: name })));
      found.dropped += dropped;
    } catch (thrown) {
      signal.throwIfAborted();
      parts.log.warn({ event: "workflow.model_failed", sessionId, workflow: name, err: (thrown as { code?: string }).code ?? "unknown" }, "the language model did not read for a form; patterns alone fill it");
    }
  }
  return found;
}

/** Inside the transaction that stores the analysis; the forms are folded at its end. */
export function keepProposals(sessionId: string, { passed }: Proposals, parts: Parts): void {
  if (passed.length === 0) return;
  parts.store.writes.slotProposals.save(passed, parts.workflows.slots?.name ?? "", parts.clock.now());
  foldLater(sessionId, parts);
}

/** For the ledger; empty when the model was asked nothing. */
export function proposalWords({ passed, dropped }: Proposals): string {
  if (passed.length + dropped === 0) return "";
  return `, ${passed.length} values for forms${dropped > 0 ? ` (${dropped} dropped without proof)` : ""}`;
}
