// What an encoder made of messages fills forms once their session was analysed, goes with its message, and is never needed.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EncodedTurn, Encoder } from "../../../app/analysis/models/small-models.ts";
import { AppError } from "../../../app/domain/index.ts";
import { startTestAppliance, type TestAppliance } from "../../support/in-process.ts";
import { settledChats } from "../../support/settled-chats.ts";

const DEFINITION = `
name: repair
version: 1
title: Repair
purpose: Something is broken and has to be repaired.
begins: { phrases: [send somebody ~ repair] }
slots:
  phone: { type: phone, ask: On which number can we call you?, required: true, anywhere: true }
  name: { type: name, learned: name, ask: Who has the key?, required: true, keywords: [who has the key] }
retention_days: 30
`;

describe("workflows: what an encoder reads for forms", () => {
  const folder = mkdtempSync(join(tmpdir(), "earshot-encode-"));
  const asked: (readonly EncodedTurn[])[] = [];
  let marked = "";
  let fails = false;
  /** Marks these words of the last turn as a name. */
  const encoder: Encoder = {
    name: "fake-1",
    tags: ["O", "B-name", "I-name"],
    read(turns) {
      asked.push(turns);
      if (fails) return Promise.reject(new AppError("ENCODING_FAILED", "it broke down"));
      const turn = turns.length - 1;
      const start = (turns[turn]?.text ?? "").indexOf(marked);
      let from = start;
      const words = marked === "" || start < 0 ? [] : marked.split(" ").map((word, at) => {
        const one = { turn, from, to: from + word.length, chances: at === 0 ? [0.1, 0.9, 0] : [0.1, 0, 0.9] };
        from += word.length + 1;
        return one;
      });
      return Promise.resolve({ reasons: { none: 1 }, choices: {}, words });
    },
    stop: () => Promise.resolve(),
  };
  let house: TestAppliance;
  before(async () => {
    mkdirSync(join(folder, "workflows"));
    writeFileSync(join(folder, "workflows", "repair.yaml"), DEFINITION);
    house = await startTestAppliance({ site: { country: "GB", timezone: "Europe/London" }, workflows: { folder: join(folder, "workflows") } }, { encoder });
  });
  beforeEach(() => {
    asked.length = 0;
    fails = false;
    marked = "";
  });
  after(async () => {
    await house.end();
    rmSync(folder, { recursive: true, force: true });
  });

  const { say: chat, rows, form } = settledChats(() => house);
  const kept = (): number => rows("SELECT 1 FROM message_encodings").length;

  it("a name that no pattern finds completes the form, with the words that say it", async () => {
    marked = "wee Tam Docherty";
    await chat("ana@example.org", "Please send somebody to repair it, 020 7946 0018. The key is with wee Tam Docherty downstairs");
    const { state, slots } = form() ?? assert.fail("no form");
    assert.equal(state, "complete");
    assert.deepEqual([slots["name"]?.source, slots["name"]?.quote], ["model", "wee Tam Docherty"]);
    assert.equal(kept(), 1);
  });

  it("what is kept holds no words, and goes when the text of its message changes", async () => {
    assert.doesNotMatch(rows<{ body: string }>("SELECT body FROM message_encodings")[0]?.body ?? "", /Tam|Docherty/);
    const { db } = house.appliance.parts;
    db.prepare("UPDATE messages SET text = text").run();
    assert.equal(kept(), 1, "the same text");
    db.prepare("UPDATE messages SET text = text || '.' WHERE id IN (SELECT message_id FROM message_encodings)").run();
    assert.equal(kept(), 0);
  });

  it("a session without a form is not read for one, and one that was read is read no more", async () => {
    await chat("ben@example.org", "What are your opening hours?");
    assert.equal(asked.length, 1, "for what it is about only");
    marked = "Mo Farah-Lee";
    await chat("cy@example.org", "Send somebody to repair it, 020 7946 0020. Mo Farah-Lee has the key");
    assert.equal(asked.length, 3);
    await chat("cy@example.org", "thank you");
    assert.equal(asked.length, 5, "what it is about, and the new message");
    assert.equal(kept(), 2);
    house.appliance.parts.db.prepare("DELETE FROM messages WHERE id IN (SELECT message_id FROM message_encodings LIMIT 1)").run();
    assert.equal(kept(), 1, "it goes with its message");
  });

  it("one that breaks down leaves the session analysed and the form open", async () => {
    fails = true;
    await chat("eve@example.org", "Send somebody to repair it, 020 7946 0021. Tam Docherty has the key");
    assert.deepEqual([form()?.state, form()?.missing], ["open", ["name"]]);
  });
});
