// Schemas that grammars would not keep are refused when a question is defined, and the prompts that ship are none of those.
import assert from "node:assert/strict";
import { z } from "zod";
import { answerSchema, checkAnswerSchema } from "../../../app/analysis/index.ts";
import type { AppError } from "../../../app/domain/index.ts";

describe("analysis/models/answer-schema", () => {
  it("a zod type becomes the schema of a grammar", () => {
    const type = z.object({ kind: z.enum(["a", "b"]), always: z.literal(3), list: z.array(z.object({ n: z.int(), ok: z.boolean() })).max(4), text: z.string().max(40) });
    assert.deepEqual(answerSchema(type), {
      type: "object",
      properties: {
        kind: { enum: ["a", "b"] },
        always: { const: 3 },
        list: { type: "array", maxItems: 4, items: { type: "object", properties: { n: { type: "integer" }, ok: { type: "boolean" } }, required: ["n", "ok"], additionalProperties: false } },
        text: { type: "string", maxLength: 40 },
      },
      required: ["kind", "always", "list", "text"],
      additionalProperties: false,
    });
  });

  const refused: { what: string; type: z.ZodType; words: RegExp }[] = [
    { what: "anyOf, which becomes null", type: z.object({ x: z.union([z.string().max(5), z.int()]) }), words: /answer\.x uses anyOf/ },
    { what: "what may be null", type: z.object({ x: z.string().max(5).nullable() }), words: /answer\.x uses anyOf/ },
    { what: "what may be left out", type: z.object({ x: z.string().max(5).optional() }), words: /answer has a property that may be left out/ },
    { what: "a pattern", type: z.object({ x: z.string().max(5).regex(/^a/) }), words: /answer\.x uses pattern/ },
    { what: "a format", type: z.object({ x: z.email().max(50) }), words: /answer\.x uses (?:format|pattern)/ },
    { what: "bounds of numbers", type: z.object({ x: z.array(z.int().min(1).max(5)).max(3) }), words: /answer\.x\[\] uses minimum/ },
    { what: "text without end", type: z.object({ x: z.string() }), words: /answer\.x: a string needs maxLength/ },
    { what: "a list without end", type: z.array(z.int()), words: /answer: an array needs maxItems/ },
    { what: "a map", type: z.record(z.string(), z.int()), words: /answer uses propertyNames|additionalProperties|object without properties/ },
    { what: "anything", type: z.object({ x: z.unknown() }), words: /answer\.x has no type/ },
  ];
  for (const { what, type, words } of refused) it(`refuses ${what}`, () => assert.throws(() => answerSchema(type), (error: AppError) => error.code === "INTERNAL" && words.test(error.message)));

  it("checks schemas that were written by hand, too", () => {
    checkAnswerSchema({ oneOf: [{ type: "null" }, { type: "string", maxLength: 9 }] });
    assert.throws(() => checkAnswerSchema({ type: "string", maxLength: 9, nullable: true }), /uses nullable/);
    assert.throws(() => checkAnswerSchema({ $ref: "#/$defs/x" }), /uses \$ref/);
  });
});
