// The small file beside a recording: JSON, XML, and the two dialects of SIPREC metadata.
import assert from "node:assert/strict";
import fc from "fast-check";
import { readJson, readXml } from "../../app/intake/sidecar.ts";

const AT = Date.UTC(2026, 10, 3, 13, 15, 2);

describe("intake sidecar: the facts beside a recording", () => {
  it("JSON in the words of the API; what has the wrong shape is left out and said", () => {
    assert.deepEqual(readJson('{"call_id":"c1","started_at":"2026-11-03T13:15:02Z","from":"201","agent":{"id":"201"},"other":1}'), { facts: { callId: "c1", startedAtMs: AT, from: "201", agentId: "201" }, isWhole: true });
    assert.deepEqual(readJson('{"call_id":"a/b","direction":"up","to":"600"}'), { facts: { to: "600" }, isWhole: false });
    for (const text of ["", "[1]", "null", "{", '"x"']) assert.equal(readJson(text), undefined, text);
  });

  it("simple XML in the same words, with entities undone once", () => {
    const xml = `<?xml version="1.0"?><call><call_id>c1</call_id><started_at>1793711702000</started_at><from>+4930</from><customer><name>M&amp;M &lt;x&gt;</name></customer><agent id="201" name="Ana"/></call>`;
    assert.deepEqual(readXml(xml), { facts: { callId: "c1", startedAtMs: AT, from: "+4930", customerName: "M&M <x>", agentId: "201", agentName: "Ana" }, isWhole: true });
  });

  it("XML with a document type or entities is not read at all", () => {
    const lol = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><call><from>&b;</from></call>';
    assert.equal(readXml(lol), undefined);
    assert.equal(readXml('<!DOCTYPE x SYSTEM "file:///etc/passwd"><call><from>1</from></call>'), undefined);
    assert.equal(readXml("<call><from>&unknown;</from></call>")?.facts.from, "&unknown;");
  });

  it("SIPREC, the form of RFC 7865: the sender of the stream with label 1 is the caller", () => {
    const xml = `<recording xmlns="urn:ietf:params:xml:ns:recording:1"><datamode>complete</datamode>
      <session session_id="hVpd7YQgRW2nD22h7q60JQ=="><sipSessionID>ab30317f1a784dc48ff824d0d3715d86;remote=47755a9de7794ba387653f2099600ef2</sipSessionID><start-time>2026-11-03T13:15:02Z</start-time></session>
      <participant participant_id="p1"><nameID aor="sip:201@pbx.example.com"><name xml:lang="en">Ana</name></nameID></participant>
      <participant participant_id="p2"><nameID aor="sip:+49301234567@carrier.example;user=phone"/></participant>
      <stream stream_id="s1" session_id="x"><label>1</label></stream><stream stream_id="s2" session_id="x"><label>2</label></stream>
      <participantstreamassoc participant_id="p2"><send>s1</send><recv>s2</recv></participantstreamassoc>
      <participantstreamassoc participant_id="p1"><send>s2</send><recv>s1</recv></participantstreamassoc></recording>`;
    assert.deepEqual(readXml(xml), { facts: { callId: "hVpd7YQgRW2nD22h7q60JQ==", from: "+49301234567", to: "201", startedAtMs: AT, linkedId: "ab30317f1a784dc48ff824d0d3715d86" }, isWhole: true });
  });

  it("SIPREC, the draft form with a prefix, inline streams and a vendor's word for who is calling", () => {
    const xml = `<tns:recording xmlns:tns="urn:ietf:params:xml:ns:recording"><tns:session id="s-9"/>
      <tns:participant id="p1" session="s-9"><nameID aor="sip:600@pbx"/><send>a</send><extensiondata><apkt:callingParty>false</apkt:callingParty></extensiondata></tns:participant>
      <tns:participant id="p2" session="s-9"><nameID aor="tel:+4930999"/><send>b</send><extensiondata><apkt:callingParty>true</apkt:callingParty></extensiondata></tns:participant>
      <tns:stream id="a" session="s-9"><label>1</label></tns:stream></tns:recording>`;
    assert.deepEqual(readXml(xml)?.facts, { callId: "s-9", from: "+4930999", to: "600" });
  });

  it("whatever the text, nothing is thrown", () => {
    const xmlish = fc.array(fc.constantFrom("<a>", "</a>", "<recording>", "<participant id='x'>", "<session/>", "</recording>", "<![CDATA[", "]]>", "&lt;", "<?x", "text", '<a b="c"/>'), { maxLength: 20 }).map((parts) => parts.join(""));
    fc.assert(
      fc.property(fc.oneof(fc.string(), xmlish, fc.json()), (text) => {
        readJson(text);
        readXml(text);
      }),
      { numRuns: 500 },
    );
    assert.doesNotThrow(() => readXml("<a>".repeat(20_000)));
    assert.doesNotThrow(() => readXml("<a>".repeat(20_000) + "</a>".repeat(20_000)));
  });
});
