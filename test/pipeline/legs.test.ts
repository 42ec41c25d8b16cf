// What becomes of a call whose parties are on each other's channel: reported, and exchanged only when hardly a doubt is left and nobody named the map.
import assert from "node:assert/strict";
import type { AudioFacts, ChannelMap, Speaker } from "../../app/domain/index.ts";
import { configSchema, manualClock, openDatabase, type Db } from "../../app/platform/index.ts";
import type { Parts } from "../../app/pipeline/parts.ts";
import { settleLegs } from "../../app/pipeline/stages/legs.ts";
import { createStore, migrate, type Store, type StoreWrites } from "../../app/store/index.ts";

const AUDIO: AudioFacts = { container: "wav", codec: "pcm_s16le", sampleRateHz: 8000, channels: 2, durationMs: 30_000, truncated: false, layout: "stereo", silentChannels: [] };
const CLEARLY_SWAPPED: [Speaker, string][] = [
  ["customer", "Thank you for calling, how can I help you?"],
  ["agent", "I'm calling about my bill. My account number is long."],
  ["customer", "Is there anything else I can help you with?"],
];

describe("pipeline: legs", () => {
  let db: Db;
  let store: Store & { writes: StoreWrites };
  beforeEach(() => {
    db = openDatabase(":memory:");
    migrate(db);
    store = createStore(db, manualClock());
  });
  afterEach(() => db.close());

  /** Runs a call through; its map is derived unless the notification names one. */
  function settle(said: readonly [Speaker, string][], channelMap?: ChannelMap, agent?: { agentId: string; from: string }): { speakers: Speaker[]; audio: NonNullable<ReturnType<typeof store.reads.callView>>["audio"] } {
    const { sessions, recordings } = store.writes;
    sessions.create({ id: "ses_1", source: "pbx", facts: { callId: "c", direction: "inbound", ...(channelMap === undefined ? {} : { channelMap }), ...agent }, priority: 50, nowMs: 0 });
    recordings.create({ id: "rec_1", sessionId: "ses_1" });
    recordings.setAudio("rec_1", AUDIO, { map: { "0": "customer", "1": "agent" }, reason: "because", isDerived: channelMap === undefined }, {});
    const [session, recording] = [sessions.byId("ses_1"), recordings.ofSession("ses_1")];
    assert.ok(session && recording);
    const parts = { config: configSchema.parse({}), store } as unknown as Parts;
    const settled = settleLegs(said.map(([speaker, text], i) => ({ speaker, text, startMs: 1000 + i * 3000 })), session, recording, parts);
    settled.save();
    return { speakers: settled.turns.map((turn) => turn.speaker), audio: store.reads.callView("c")?.audio ?? null };
  }

  it("settleLegs: a derived map is exchanged beyond doubt, and the reason is stored with it", () => {
    const { speakers, audio } = settle(CLEARLY_SWAPPED);
    assert.deepEqual(speakers, ["agent", "customer", "agent"]);
    assert.deepEqual(audio?.channel_map, { "0": "agent", "1": "customer" });
    assert.match(audio?.channel_map_reason ?? "", /^because; exchanged, because the customer's channel/);
    assert.deepEqual(audio?.warnings, []);
  });

  it("settleLegs: a map that somebody named stays, and the doubt is reported", () => {
    const { speakers, audio } = settle(CLEARLY_SWAPPED, { "0": "customer", "1": "agent" });
    assert.deepEqual(speakers, ["customer", "agent", "customer"]);
    assert.deepEqual([audio?.channel_map, audio?.channel_map_reason], [{ "0": "customer", "1": "agent" }, "because"]);
    assert.equal(audio?.warnings[0]?.code, "swapped_legs");
    assert.match(audio?.warnings[0]?.message ?? "", /offers help.*channel_map/);
  });

  it("settleLegs: the agent's own number on the customer's channel is reported, and nothing is exchanged for it alone", () => {
    const { speakers, audio } = settle([["customer", "Hello."], ["agent", "Hello."]], undefined, { agentId: "201", from: "201" });
    assert.deepEqual([speakers, audio?.channel_map?.["0"], audio?.channel_map_reason], [["customer", "agent"], "customer", "because"]);
    assert.match(audio?.warnings[0]?.message ?? "", /the agent's extension is on the customer's channel/);
  });

  it("settleLegs: a call that fits its map is left alone", () => {
    const { speakers, audio } = settle([["agent", "Thank you for calling, how can I help you?"], ["customer", "I'm calling about my bill."]]);
    assert.deepEqual([speakers, audio?.warnings], [["agent", "customer"], []]);
  });
});
