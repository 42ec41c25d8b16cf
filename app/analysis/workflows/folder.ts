// Folds again and again what has mostly not changed: where the messages are the ones of the last time and some more, it goes on from there.
import { createHash } from "node:crypto";
import { beginFold, endFold, findBeginning, isBegun, stepFold, type FoldInput, type FoldState } from "./fold.ts";
import type { Form } from "./form.ts";
import { findOpening } from "./opening.ts";
import type { SaidMessage } from "./message.ts";
import type { MessageReader, PreparedWorkflow } from "./reader.ts";

/** Conversations that it can go on with: a few kilobytes each. One that is not among them is folded whole. */
const REMEMBERED = 1_000;

interface Remembered {
  /** of the first `count` messages */
  digest: string;
  count: number;
  forms: Map<string, { begun: number; opening: number; earlier: string; /** absent while nothing has begun it */ state?: FoldState }>;
}

export interface FormFolder {
  /** @param messages of the conversation, in time order @returns what folds one workflow after the other: exactly `foldForm`, only sooner */
  open(conversationId: string, messages: readonly SaidMessage[]): (workflow: PreparedWorkflow, about: Omit<FoldInput, "messages">) => Form | undefined;
}

/** What is remembered is used only when the digest of the same messages says so: whatever changes them, or is rolled back, does no harm. */
export function createFormFolder(reader: MessageReader): FormFolder {
  const remembered = new Map<string, Remembered>();
  return {
    open(conversationId, messages) {
      const known = remembered.get(conversationId);
      const { before, all } = digests(messages, known?.count ?? 0);
      const last = known !== undefined && known.count <= messages.length && known.digest === before ? known : undefined;
      const now: Remembered = { digest: all, count: messages.length, forms: new Map() };
      remembered.delete(conversationId);
      remembered.set(conversationId, now);
      if (remembered.size > REMEMBERED) remembered.delete(remembered.keys().next().value ?? "");
      return (workflow, about) => {
        const input = { messages, ...about };
        const earlier = JSON.stringify(about.earlier ?? null);
        const form = last?.forms.get(workflow.workflow.name);
        const read = last?.count ?? 0;
        const begun = form !== undefined && form.begun >= 0 ? form.begun : findBeginning(workflow, messages, form === undefined ? 0 : read, reader);
        if (begun < 0 && !isBegun(workflow, input)) {
          now.forms.set(workflow.workflow.name, { begun, opening: -1, earlier });
          return undefined;
        }
        const opening = about.earlier === undefined ? findOpening(messages, begun, isBegun(workflow, input), reader) : -1;
        const goesOn = form?.state !== undefined && form.begun === begun && form.earlier === earlier && (form.opening === opening || (form.opening < 0 && opening >= read));
        let state = goesOn ? (form.state as FoldState) : beginFold(workflow, input);
        for (let at = goesOn ? read : 0; at < messages.length; at++) state = stepFold(state, messages[at] as SaidMessage, at === opening, workflow, reader);
        now.forms.set(workflow.workflow.name, { begun, opening, earlier, state });
        return endFold(state, begun, workflow, input);
      };
    },
  };
}

/** Of the first messages, and of all. */
function digests(messages: readonly SaidMessage[], count: number): { before: string; all: string } {
  const hash = createHash("sha1");
  const add = (list: readonly SaidMessage[]): void => void hash.update(list.map((one) => `${one.id}\0${one.speaker}\0${one.atMs}\0${one.confidence ?? ""}\0${one.encoding ?? ""}\0${one.text}\n`).join(""));
  add(messages.slice(0, count));
  const before = hash.copy().digest("base64");
  add(messages.slice(count));
  return { before, all: hash.digest("base64") };
}
