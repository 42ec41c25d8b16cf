// What the web server may ask about workflows.
import type { FormView } from "../../domain/index.ts";
import type { FormState } from "../../store/index.ts";

export interface WorkflowView {
  id: string;
  version: number;
  title: string;
  purpose: string;
  slots: { name: string; type: string; ask: string; required: "always" | "sometimes" | "never" }[];
  /** host that payloads go to; null: they are only kept */
  endpoint: string | null;
  retention_days: number;
  forms: Record<FormState, number>;
}

export interface WorkflowDesk {
  list(): WorkflowView[];
  knows(workflow: string): boolean;
  /** field → the question that asks for it; empty for a workflow that is there no more */
  questions(workflow: string): Record<string, string>;
  /** forms of a conversation, in the order in which they began */
  ofConversation(conversationId: string): FormView[];
}
