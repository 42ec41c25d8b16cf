// The second look at finished text.
import assert from "node:assert/strict";
import { scanForCards } from "../../app/privacy/index.ts";

describe("scanForCards", () => {
  for (const text of [
    "4111111111111111", "it is 4111 1111 1111 1111 ok", "4111-1111-1111-1111", "4111\n1111 1111\n1111", "four one one one one one one one one one one one one one one one",
    "four triple one double one double one double one double one double one double one",
    "٤١١١ ١١١١ ١١١١ ١١١١", "４１１１１１１１１１１１１１１１", "378282246310005", "5555 5555 5555 4444 12 27 123", "1234 4111 1111 1111 1111",
  ]) {
    it(`objects to: ${JSON.stringify(text)}`, () => assert.equal(scanForCards(text), true));
  }
  for (const text of [
    "", "[CARD]", "[CARD] [CARD]", "4111 1111 1111 1112", "4111 1111 [CARD] 1111 1111", "07700 900123\n07700 900123", "4155550123 4155550123", "+49 1512 3456789",
    "411111111111", "4111 1111 is the first and 1111 1111 the second half", "123456789012", "one two three four five", "12 05 2026 10 30 45", "\ud800 4111", "0000000000000000",
  ]) {
    it(`has nothing against: ${JSON.stringify(text)}`, () => assert.equal(scanForCards(text), false));
  }
});
