// What the contacts of a stretch of time say together, by everything that people compare by. Pure.
import type { BoardContact } from "../../domain/index.ts";
import { addContact, addTally, contactsOf, emptyTally, type Tally } from "./tally.ts";

/** "" is the key of what is not known. */
export interface Cell {
  all: Tally;
  /** contacts that began in each hour of the local day */
  hours: number[];
  channels: Map<string, Tally>;
  topics: Map<string, Tally>;
  reasons: Map<string, Tally>;
  agents: Map<string, Tally>;
  /** names of agents that have an id, the newest */
  names: Map<string, string>;
  /** newest contacts of each topic, the last one last: for quotes */
  samples: Map<string, string[]>;
}

/** Contacts of a topic whose words may serve as an example. */
const SAMPLES = 4;

export const emptyCell = (): Cell => ({ all: emptyTally(), hours: Array.from({ length: 24 }, () => 0), channels: new Map(), topics: new Map(), reasons: new Map(), agents: new Map(), names: new Map(), samples: new Map() });

/** @param hour of the local day in which it began, 0…23 */
export function addToCell(cell: Cell, contact: BoardContact, hour: number): void {
  const topic = contact.topic ?? "";
  addContact(cell.all, contact.values);
  cell.hours[hour] = (cell.hours[hour] ?? 0) + 1;
  for (const [map, key] of [[cell.channels, contact.channel], [cell.topics, topic], [cell.reasons, contact.reason ?? ""], [cell.agents, contact.agent ?? ""]] as const) addContact(tallyOf(map, key), contact.values);
  if (contact.agent !== null && contact.agentName !== null) cell.names.set(contact.agent, contact.agentName);
  if (topic !== "") cell.samples.set(topic, [...(cell.samples.get(topic) ?? []), contact.sessionId].slice(-SAMPLES));
}

export const GROUPINGS = ["channels", "topics", "reasons", "agents"] as const;
export type Grouping = (typeof GROUPINGS)[number];

/**
 * @param cells in the order of time
 * @param groupings those that are wanted: each costs as much as all the rest
 * @returns a new one
 */
export function sumCells(cells: Iterable<Cell>, groupings: readonly Grouping[] = GROUPINGS): Cell {
  const sum = emptyCell();
  for (const cell of cells) {
    if (contactsOf(cell.all) === 0) continue;
    addTally(sum.all, cell.all);
    cell.hours.forEach((n, hour) => (sum.hours[hour] = (sum.hours[hour] ?? 0) + n));
    for (const by of groupings) for (const [key, tally] of cell[by]) addTally(tallyOf(sum[by], key), tally);
    if (!groupings.includes("agents") && !groupings.includes("topics")) continue;
    for (const [id, name] of cell.names) sum.names.set(id, name);
    for (const [topic, ids] of cell.samples) sum.samples.set(topic, [...(sum.samples.get(topic) ?? []), ...ids].slice(-SAMPLES));
  }
  return sum;
}

function tallyOf(map: Map<string, Tally>, key: string): Tally {
  let tally = map.get(key);
  if (tally === undefined) map.set(key, (tally = emptyTally()));
  return tally;
}
