// Who is on which channel, and the reason that is stored with it.
import assert from "node:assert/strict";
import fc from "fast-check";
import { DIRECTIONS, type ChannelMap } from "../../app/domain/index.ts";
import { assignChannels } from "../../app/media/index.ts";

const CUSTOMER_FIRST: ChannelMap = { "0": "customer", "1": "agent" };
const AGENT_FIRST: ChannelMap = { "0": "agent", "1": "customer" };

describe("media: channel assignment", () => {
  it("assignChannels: the notification wins over the configuration, and that over the direction", () => {
    assert.deepEqual(assignChannels({ explicit: AGENT_FIRST, configured: CUSTOMER_FIRST, direction: "inbound", recordedLeg: "trunk" }), { map: AGENT_FIRST, reason: "named in the notification", isDerived: false });
    assert.deepEqual(assignChannels({ configured: AGENT_FIRST, direction: "inbound", recordedLeg: "trunk" }), { map: AGENT_FIRST, reason: "configured for the source", isDerived: false });
  });

  for (const [direction, recordedLeg, map, reason] of [
    ["inbound", "trunk", CUSTOMER_FIRST, "direction=inbound, recorded leg=trunk"],
    ["outbound", "trunk", AGENT_FIRST, "direction=outbound, recorded leg=trunk"],
    ["internal", "trunk", CUSTOMER_FIRST, "direction=internal, recorded leg=trunk, assumed like inbound"],
    ["unknown", "trunk", CUSTOMER_FIRST, "direction=unknown, recorded leg=trunk, assumed like inbound"],
    ["inbound", "extension", AGENT_FIRST, "direction=inbound, recorded leg=extension"],
    ["outbound", "extension", AGENT_FIRST, "direction=outbound, recorded leg=extension"],
  ] as const) {
    it(`assignChannels: ${map["0"]} on channel 0 when ${reason}`, () => assert.deepEqual(assignChannels({ direction, recordedLeg }), { map, reason, isDerived: true }));
  }

  it("assignChannels: each party has exactly one channel, whatever is known", () => {
    fc.assert(
      fc.property(fc.constantFrom(...DIRECTIONS), fc.constantFrom("trunk" as const, "extension" as const), (direction, recordedLeg) => {
        const { map, reason } = assignChannels({ direction, recordedLeg });
        assert.deepEqual([map["0"], map["1"]].sort(), ["agent", "customer"]);
        assert.ok(reason.length > 0);
      }),
    );
  });
});
