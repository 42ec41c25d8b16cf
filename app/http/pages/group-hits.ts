// Found messages by the contact in which they were said; contacts in the order of their best message.
import type { MessageHit } from "../../pipeline/index.ts";
import type { ContactReads } from "../../store/index.ts";
import type { FoundContact, Hit } from "../../ui/index.ts";

/** Never shows a contact twice; one that is gone since is left out. */
export function groupHits(hits: readonly MessageHit[], reads: Pick<ContactReads, "rows">): FoundContact[] {
  const bySession = new Map<string, Hit[]>();
  for (const { message, snippet } of hits) {
    const hit: Hit = { id: message.id, speaker: message.speaker, snippet, ...(message.start_ms === undefined ? {} : { start_ms: message.start_ms }) };
    bySession.set(message.session_id, [...(bySession.get(message.session_id) ?? []), hit]);
  }
  return reads.rows([...bySession.keys()]).map((contact) => ({ contact, hits: bySession.get(contact.session_id) ?? [] }));
}
