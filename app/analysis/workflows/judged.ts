// Where a trained model judges in place of the rules: what a day is about, and which value a message chooses. Pure.
import { isAside } from "./asides.ts";
import type { Before } from "./change.ts";
import type { Line } from "./message.ts";
import type { PreparedSlot, ReadMessage } from "./reader.ts";
import type { Reading } from "./values/value.ts";

/** From so likely a day or a time is what the slot is about: when it was asked for, and when it was not. */
const MOMENT_ASKED = 0.05;
const MOMENT_SAID = 0.3;

/** Whether a day or a time is about something else: as a trained model judges it, else by words that say so. */
export function isElsewhere(read: ReadMessage, slot: PreparedSlot, at: number, one: Reading, asked: boolean): boolean {
  const chance = read.chanceOf(slot, at, one, asked);
  return chance === undefined ? isAside(read.lines[at] as Line, one, slot.slot.type) : chance < (asked ? MOMENT_ASKED : MOMENT_SAID);
}

/** What an encoder holds for less likely than this, phrases do not say: of 33 wrong reasons and resolutions of the 242 labelled forms of the training conversations 28 were left, of 69 right ones 68; up to 0.06 it makes no difference beyond chance. */
const RULED_OUT = 0.02;

/** A site's list may lack what the model knows. */
function mayBe(value: string, { slot: { type, values = {} } }: PreparedSlot): boolean {
  return type === "boolean" ? value === "yes" || value === "no" : Object.hasOwn(values, value);
}

/** @returns what a trained model says that the message chooses, by sentence; undefined where none knows the slot, or it chooses nothing that the slot has: phrases may know better */
export function chosen(read: ReadMessage, slot: PreparedSlot, { pending, house }: Before): readonly (readonly Reading[])[] | undefined {
  const choice = read.choice(slot, pending.has(slot.name), house?.read);
  return choice === undefined || choice === null || !mayBe(choice.value, slot) ? undefined : read.lines.map((_, at) => (choice.at === at ? [choice] : []));
}

/** What an encoder rules out is not what phrases say. */
export function notRuledOut(read: ReadMessage, { slot: { learned = "" } }: PreparedSlot, values: readonly (readonly Reading[])[]): readonly (readonly Reading[])[] {
  const chances = read.encoded?.choices[learned];
  return chances === undefined ? values : values.map((list) => list.filter(({ value }) => (chances[value] ?? 1) >= RULED_OUT));
}
