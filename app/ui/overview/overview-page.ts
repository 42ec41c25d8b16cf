// The overview: what is going on now, over all channels, each number with its meaning and its conversations. Pure.
import { html, type Html } from "../frame/html.ts";
import { page, type Frame } from "../frame/layout.ts";
import { createTimes } from "../frame/times.ts";
import { channelsCard, moodCard, volumeCard, whyCard, type ChannelRow, type MoodView, type VolumeView, type WhyView } from "./cards.ts";
import { firstSteps, type FirstStepsView } from "./first-steps.ts";
import { houseCard, issuesCard, latestCard, type HouseCard, type IssuesCard, type LatestCall } from "./house-cards.ts";
import { tiles, type Tile } from "./tiles.ts";

export const PERIODS = ["today", "7d", "30d"] as const;
export type Period = (typeof PERIODS)[number];

/** What contacts say; absent while there are none. */
export interface BoardView {
  tiles: readonly Tile[];
  volume: VolumeView;
  why: WhyView;
  mood: MoodView;
  channels: readonly ChannelRow[];
  latest: readonly LatestCall[];
  /** null for people who do not see the whole house */
  issues: IssuesCard | null;
  house: HouseCard | null;
}

export interface OverviewView {
  frame: Frame;
  period: Period;
  /** `Saturday 21 November, until 15:40` */
  span: string;
  board: BoardView | null;
  /** while nothing has been heard; null for people who cannot do anything about it */
  steps: FirstStepsView | null;
}

const TITLES: Record<Period, string> = { today: "Today", "7d": "Last 7 days", "30d": "Last 30 days" };

export function renderOverview({ frame, period, span, board, steps }: OverviewView): string {
  const whose = frame.seesAll ? "all queues" : "the contacts of your agents";
  return page(
    frame,
    "Overview",
    html`<div data-live><header class="head"><div><h1>${TITLES[period]}</h1><p class="quiet">${span} · ${whose} · times in ${frame.timeZone.replaceAll("_", " ")}</p></div>
<nav class="tabs" aria-label="Which period">${PERIODS.map((one) => (one === period ? html`<a href="/?period=${one}" aria-current="true">${TITLES[one]}</a>` : html`<a href="/?period=${one}">${TITLES[one]}</a>`))}</nav></header>
${board === null ? (steps === null ? html`<p class="card in quiet">No contact of your agents has been heard yet. The numbers appear here by themselves.</p>` : firstSteps(steps)) : cards(board, frame)}</div>`,
    { styles: ["board.css"], scripts: ["board.js"] },
  );
}

function cards(board: BoardView, frame: Frame): Html {
  const times = createTimes(frame.timeZone);
  return html`${tiles(board.tiles)}<div class="board-grid"><div class="stack">${volumeCard(board.volume)}${board.issues !== null && issuesCard(board.issues, times, frame.nowMs)}${moodCard(board.mood)}${board.house !== null && houseCard(board.house, frame.nowMs)}</div>
<div class="stack">${whyCard(board.why)}${latestCard(board.latest, times, frame.nowMs)}${channelsCard(board.channels)}</div></div>
${board.issues === null && html`<p class="tiny quiet">Open problems and the state of the house are counted over all agents, so they are not shown here.</p>`}`;
}
