// What the web server may ask about workflows. Reads only.
import type { Form } from "../../analysis/index.ts";
import { toRfc3339, type FormView } from "../../domain/index.ts";
import type { Parts } from "../parts.ts";
import type { WorkflowDesk } from "./desk-types.ts";

export function createWorkflowDesk(parts: Parts): WorkflowDesk {
  return {
    list() {
      const counts = parts.store.reads.forms.counts();
      return parts.workflows.prepared.map(({ workflow: { name, version, title, purpose, slots, endpoint, retention_days } }) => ({
        id: name, version, title, purpose, retention_days,
        slots: Object.entries(slots).map(([slot, { type, ask, required, required_when: when }]) => ({ name: slot, type, ask, required: required === true ? "always" : when === undefined ? "never" : "sometimes" })),
        endpoint: endpoint === undefined ? null : new URL(endpoint.url).host,
        forms: { open: 0, complete: 0, abandoned: 0, ...Object.fromEntries(counts.filter((one) => one.workflow === name).map((one) => [one.state, one.count])) },
      }));
    },
    knows: (name) => parts.workflows.prepared.some(({ workflow }) => workflow.name === name),
    questions: (name) => Object.fromEntries(Object.entries(parts.workflows.prepared.find(({ workflow }) => workflow.name === name)?.workflow.slots ?? {}).map(([slot, { ask }]) => [slot, ask])),
    ofConversation: (conversationId) => formsOf(conversationId, parts),
  };
}

/** @returns the forms of one conversation as the API shows them */
export function formsOf(conversationId: string, { store, workflows }: Parts): FormView[] {
  return store.reads.forms.ofConversation(conversationId).map(({ workflow, state, body, updatedAtMs, payload }) => {
    const form = JSON.parse(body) as Form;
    return {
      workflow, state, payload, conversation_id: conversationId, updated_at: toRfc3339(updatedAtMs), title: workflows.prepared.find((one) => one.workflow.name === workflow)?.workflow.title ?? workflow,
      slots: Object.fromEntries(Object.entries(form.slots).map(([name, { atMs, ...slot }]) => [name, { ...slot, at: toRfc3339(atMs) }])),
      missing: form.missing, ask: form.ask,
    };
  });
}
