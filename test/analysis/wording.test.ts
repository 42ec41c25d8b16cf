// Spoken sentences in reported form: every pronoun and verb right, or not at all.
import assert from "node:assert/strict";
import { reportQuestion } from "../../app/analysis/wording/questions.ts";
import { reportStatement, reportTask } from "../../app/analysis/wording/reported-speech.ts";
import { tidy } from "../../app/analysis/wording/tidy.ts";
import type { Party } from "../../app/domain/index.ts";

const statements: [Party, string, string | undefined][] = [
  ["customer", "I want a refund.", "The customer wants a refund."],
  ["customer", "I've already called three times about this.", "The customer has already called three times about this."],
  ["customer", "I don't recognise it.", "The customer does not recognise it."],
  ["customer", "I put it in the post yesterday.", "The customer put it in the post yesterday."],
  ["customer", "I live in Leeds and work in London.", "The customer lives in Leeds and works in London."],
  ["customer", "I forgot my password and I can't log in.", "The customer forgot their password and cannot log in."],
  ["customer", "The tablet I received is broken and I want a replacement.", "The customer says the tablet they received is broken and they want a replacement."],
  ["customer", "My card was stolen in Leeds.", "The customer's card was stolen in Leeds."],
  ["customer", "Nobody called me back.", "The customer says nobody called them back."],
  ["customer", "If this is not fixed by Friday, I will cancel my gas.", "The customer says that if this is not fixed by Friday, they will cancel their gas."],
  ["customer", "I have sent you the invoice.", "The customer has sent the company the invoice."],
  ["customer", "My wife and I were on holiday.", undefined],
  ["customer", "Is very slow again.", undefined],
  ["agent", "I will send you a replacement tomorrow.", "The agent will send the customer a replacement tomorrow."],
  ["agent", "I have refunded 45 pounds to your card.", "The agent has refunded 45 pounds to the customer's card."],
  ["agent", "I'll send you a form and I'll call you on Friday.", "The agent will send the customer a form and will call them on Friday."],
  ["agent", "You need to send us a copy of your passport.", "The customer needs to send the company a copy of their passport."],
  ["agent", "You're not covered for water damage.", "The customer is not covered for water damage."],
  ["agent", "We have an outage in Leeds.", "The company has an outage in Leeds."],
  ["agent", "There is nothing more I can do.", "The agent says there is nothing more they can do."],
  ["agent", "A technician will visit you on Monday.", "The agent says a technician will visit the customer on Monday."],
];

const questions: [Party, string, string | undefined][] = [
  ["customer", "Can I pay by card today?", "The customer asks whether they can pay by card today."],
  ["customer", "When will I get my money?", "The customer asks when they will get their money."],
  ["customer", "How much does it cost a month?", "The customer asks how much it costs a month."],
  ["customer", "How much is the gas in total?", "The customer asks how much the gas is in total."],
  ["customer", "Where is my order?", "The customer asks where their order is."],
  ["customer", "Could you check when it will arrive?", "The customer asks when it will arrive."],
  ["customer", "Can you send me a confirmation by email?", "The customer asks the agent to send them a confirmation by email."],
  ["customer", "Do you have anything on Friday?", "The customer asks whether the company has anything on Friday."],
  ["customer", "Did you get my email?", undefined],
  ["agent", "Would you like a refund?", "The agent offers a refund."],
  ["agent", "Would you like me to cancel it?", "The agent offers to cancel it."],
  ["agent", "Please send the form by email.", "The agent asks the customer to send the form by email."],
  ["agent", "Have you tried to restart the router?", "The agent asks whether the customer has tried to restart the router."],
];

const tidied: [string, string][] = [
  ["Um, yeah, so basically I I want a refund, please.", "I want a refund."],
  ["Thank you, Anna, I have found your account.", "I have found your account."],
  ["Well, it costs two hundred and thirty pounds, okay?", "It costs 230 pounds."],
  ["I'm so sorry about that, I will send a replacement.", "I will send a replacement."],
  ["I am going to transfer you to billing, please stay on the line.", "I am going to transfer you to billing."],
  ["i called on tuesday and i paid", "I called on Tuesday and I paid."],
  ["The number is double four oh one.", "The number is 4401."],
  ["Um.", ""],
  ["...", ""],
];

describe("reported speech", () => {
  for (const [speaker, said, reported] of statements) it(`${speaker}: “${said}” → ${reported ?? "not sure, so it will be quoted"}`, () => assert.equal(reportStatement(said, speaker), reported));
  for (const [speaker, said, reported] of questions) it(`${speaker}: “${said}” → ${reported ?? "not sure, so it will be quoted"}`, () => assert.equal(reportQuestion(said, speaker), reported));
  for (const [said, short] of tidied) it(`tidy: “${said}” → “${short}”`, () => assert.equal(tidy(said), short));

  it("a second sentence about the customer goes on with they", () => {
    assert.equal(reportStatement("I want a refund.", "customer", true), "They want a refund.");
    assert.equal(reportStatement("You need to send us a form.", "agent", true), "They need to send the company a form.");
  });

  it("a task begins with the verb and names the customer only when somebody else does it", () => {
    assert.equal(reportTask("send you a confirmation by email", "agent", "agent"), "Send the customer a confirmation by email.");
    assert.equal(reportTask("send us a copy of your passport", "agent", "customer"), "Send a copy of their passport.");
  });
});
