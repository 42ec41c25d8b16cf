// A board made of plain data: thirty days and more of a small house, always the same.
import { addToCell, createCalendar, emptyCell } from "../../app/analysis/index.ts";
import type { BoardContact } from "../../app/domain/index.ts";
import type { BoardDesk } from "../../app/pipeline/index.ts";

export interface FakeBoard extends BoardDesk {
  contacts: BoardContact[];
  asked: { count: number; agentIds: readonly string[] | null }[];
}

/** A contact as the store gives it; every measure says something. @param values in the order of MEASURES, where they differ */
export function contact(id: number, rest: Partial<BoardContact> = {}): BoardContact {
  const atMs = rest.atMs ?? 0;
  return { sessionId: `ses_${id}`, atMs, endedAtMs: atMs + 300_000, channel: "phone", agent: "201", agentName: "Ana", topic: "Billing", reason: "billing.refund", values: [1, 1, 0, 300_000, 0.2, -0.4, 0.4, 0.5, 0.1, 1, 0.8], ...rest };
}

/** @param nowMs read when it is asked */
export function fakeBoard(nowMs: () => number, timeZone = "UTC", contacts: BoardContact[] = []): FakeBoard {
  const calendar = createCalendar(timeZone);
  const asked: FakeBoard["asked"] = [];
  return {
    contacts, asked,
    async days(count, agentIds) {
      asked.push({ count, agentIds });
      return calendar.days(nowMs(), count).map((day) => {
        const cell = emptyCell();
        for (const one of contacts) if (one.atMs >= day.fromMs && one.atMs < day.toMs && (agentIds === null || (one.agent !== null && agentIds.includes(one.agent)))) addToCell(cell, one, calendar.hourOf(one.atMs));
        return { ...day, cell };
      });
    },
    usualByNow: () => ({ mean: 4, weeks: 4 }),
    quotes: (ids) => new Map(ids.map((id) => [id, { text: `Said in ${id}`, messageId: "msg_1", customerId: null, channel: "phone", callId: "abc123", source: "pbx", atMs: nowMs() }])),
    house: async () => ({ inWork: 2, held: 0, failed: 1, jobs: { waiting: 3, running: 1, parked: 0 }, outbox: { waiting: 0, oldestMs: null }, speech: { words: "The speech engine (whisper.cpp, starter-en) is ready", isWell: true }, analysis: "The analysis engine is extractive", disk: { freeBytes: 9e10, reserveBytes: 1e9 } }),
    isNew: () => contacts.length === 0,
  };
}
