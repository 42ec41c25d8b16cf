// Chats that settled long ago, so that they are summed up at once; and the forms that they fill.
import type { FormView } from "../../app/domain/index.ts";
import { until } from "./appliance-process.ts";
import type { TestAppliance } from "./in-process.ts";

export interface SettledChats {
  /** Posts texts of a customer. @returns the ledger's words, once the session is summed up */
  say: (customer: string, ...texts: string[]) => Promise<string>;
  /** Posts what an agent asks; nothing is waited for. */
  ask: (customer: string, text: string) => Promise<void>;
  rows: <T>(sql: string) => T[];
  /** of the conversation whose form was begun last */
  form: () => FormView | undefined;
}

/** @param house may start later than this is called */
export function settledChats(house: () => TestAppliance): SettledChats {
  let n = 0;
  const rows = <T>(sql: string): T[] => house().appliance.parts.db.prepare<[], T>(sql).all();
  const ledger = (): { detail: string }[] => rows("SELECT detail FROM ledger WHERE stage = 'summarise' AND status = 'done' ORDER BY rowid");
  const post = async (customer: string, sender: string, text: string): Promise<void> =>
    void (await house().post("/v1/messages", { channel: "web_chat", external_id: `p${++n}`, customer: { email: customer }, sender, text, sent_at: new Date(Date.UTC(2026, 0, 5, 10, n)).toISOString(), session_external_id: customer }));
  return {
    async say(customer, ...texts) {
      const before = ledger().length;
      for (const text of texts) await post(customer, "customer", text);
      return until("the chat is summed up", 20_000, () => (ledger().length > before ? (ledger().at(-1)?.detail ?? "") : undefined));
    },
    ask: (customer, text) => post(customer, "agent", text),
    rows,
    form() {
      const id = rows<{ id: string }>("SELECT conversation_id AS id FROM forms ORDER BY begun_at_ms DESC LIMIT 1")[0]?.id ?? "";
      return house().appliance.workflows.ofConversation(id)[0];
    },
  };
}
