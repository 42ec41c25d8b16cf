// What is new in a mail: every way of quoting is cut, nothing that somebody wrote is.
import assert from "node:assert/strict";
import fc from "fast-check";
import { newestPart } from "../../../app/intake/channels/quoted-text.ts";

const QUOTED = "Please restart the printer.\nKind regards\nBo";
const quote = (text: string): string => text.split("\n").map((line) => `> ${line}`).join("\n");
/** What mail programs put below an answer. */
const HISTORIES: Record<string, string> = {
  Gmail: `On Mon, Nov 2, 2026 at 9:12 AM Bo Berg <bo@ours.example> wrote:\n\n${quote(QUOTED)}`,
  "Gmail, broken over two lines": `On Mon, Nov 2, 2026 at 9:12 AM Bo Berg with a long name <\nbo.berg.of.the.support.desk@ours.example> wrote:\n${quote(QUOTED)}`,
  "Gmail in German": `Am Mo., 2. Nov. 2026 um 09:12 Uhr schrieb Bo Berg <bo@ours.example>:\n\n${quote(QUOTED)}`,
  "Gmail in French": `Le lun. 2 nov. 2026 à 09:12, Bo Berg <bo@ours.example> a écrit :\n\n${quote(QUOTED)}`,
  "Gmail in Spanish": `El lun, 2 nov 2026 a las 9:12, Bo Berg (<bo@ours.example>) escribió:\n\n${quote(QUOTED)}`,
  "Gmail in Portuguese": `Em seg., 2 de nov. de 2026 às 09:12, Bo Berg <bo@ours.example> escreveu:\n\n${quote(QUOTED)}`,
  "Gmail in Dutch": `Op ma 2 nov 2026 om 09:12 schreef Bo Berg <bo@ours.example>:\n\n${quote(QUOTED)}`,
  "Gmail in Italian": `Il giorno lun 2 nov 2026 alle ore 09:12 Bo Berg <bo@ours.example> ha scritto:\n\n${quote(QUOTED)}`,
  "Apple Mail": `On 2. Nov 2026, at 09:12, Bo Berg <bo@ours.example> wrote:\n\n${quote(QUOTED)}`,
  "Thunderbird, nested": `On 11/2/26 09:12, Bo Berg wrote:\n${quote(`${QUOTED}\n> deeper`)}`,
  "no marks under the attribution": `On Monday, November 2, 2026 at 09:12:00 AM GMT+1, Bo Berg <bo@ours.example> wrote:\n\n${QUOTED}`,
  "old Gmail": `2026-11-02 9:12 GMT+01:00 Bo Berg <bo@ours.example>:\n\n${quote(QUOTED)}`,
  Outlook: `________________________________\nFrom: Bo Berg <bo@ours.example>\nSent: Monday, November 2, 2026 9:12 AM\nTo: Ana <ana@customer.example>\nSubject: RE: Printer\n\n${QUOTED}`,
  "Outlook in German": `Von: Bo Berg <bo@ours.example>\nGesendet: Montag, 2. November 2026 09:12\nAn: Ana <ana@customer.example>\nBetreff: AW: Drucker\n\n${QUOTED}`,
  "Outlook in French": `De : Bo Berg <bo@ours.example>\nEnvoyé : lundi 2 novembre 2026 09:12\nÀ : Ana <ana@customer.example>\nObjet : RE: Imprimante\n\n${QUOTED}`,
  "Outlook in Spanish": `De: Bo Berg <bo@ours.example>\nEnviado el: lunes, 2 de noviembre de 2026 9:12\nPara: Ana <ana@customer.example>\nAsunto: RE: Impresora\n\n${QUOTED}`,
  "Outlook, bold": `*From:* Bo Berg <bo@ours.example>\n*Sent:* Monday, November 2, 2026 9:12 AM\n*To:* Ana\n*Subject:* Printer\n\n${QUOTED}`,
  "Outlook Express": `-----Original Message-----\nFrom: Bo Berg\nSent: Monday\n\n${QUOTED}`,
  "Original in German": `-----Ursprüngliche Nachricht-----\nVon: Bo Berg\n\n${QUOTED}`,
  "Original in French": `-----Message d'origine-----\nDe : Bo Berg\n\n${QUOTED}`,
  "a ticket system": `##- Please type your reply above this line -##\n\nYour request (4711) has been updated.\n${QUOTED}`,
};
/** What stands between an answer and the history. */
const ENDINGS = ["", "-- \nAna Lima\nMobile +31 6 12345678", "Sent from my iPhone", "Get Outlook for Android<https://aka.ms/AAb9ysg>", "Von meinem iPhone gesendet", "Gesendet mit der GMX Mail App", "Envoyé de mon iPhone", "Enviado desde mi iPhone", "Sent from my Samsung Galaxy smartphone."];
const DISCLAIMER = "CONFIDENTIALITY NOTICE: This e-mail is for the intended recipient only. If you are not the addressee, delete it.";

describe("quoted text: the newest part of a mail", () => {
  for (const [program, history] of Object.entries(HISTORIES)) {
    it(`${program}: only the answer is left, with or without signature`, () => {
      for (const ending of ENDINGS) assert.equal(newestPart(`It still does not print.\n\nAna\n\n${ending}\n\n${history}\n`), "It still does not print.\n\nAna", JSON.stringify(ending));
      assert.equal(newestPart(`Ja.\r\n\r\n${history.replaceAll("\n", "\r\n")}`), "Ja.");
    });
  }

  it("answers between the quotes and below them are kept, in their order", () => {
    const text = `On Mon, Nov 2, 2026 at 9:12 AM Bo <bo@ours.example> wrote:\n> Which model is it?\n\nThe XL.\n\n> Since when?\n> Is it on?\n\nSince Monday. Yes.`;
    assert.equal(newestPart(text), "The XL.\n\n\nSince Monday. Yes.");
  });

  it("a disclaimer is cut, words like one are not", () => {
    assert.equal(newestPart(`Please send the bill.\n\n${DISCLAIMER}\n`), "Please send the bill.");
    assert.equal(newestPart(`Bitte senden.\n\nDiese E-Mail enthält vertrauliche Informationen. Wenn Sie nicht der richtige Empfänger sind, löschen Sie sie.`), "Bitte senden.");
    const own = "This message is confidential:\nI want to leave my contract.";
    assert.equal(newestPart(`Hello\n\n${own}`), `Hello\n\n${own}`);
  });

  const kept: Record<string, string> = {
    "a forwarded mail": "Is this real?\n\n---------- Forwarded message ---------\nFrom: Billing <b@ours.example>\nDate: Mon, Nov 2, 2026\nSubject: Bill\nTo: <ana@customer.example>\n\nYou owe 12 dollars.",
    "Apple's forward": "See below.\n\nBegin forwarded message:\n\nFrom: Bo\nSubject: Bill\nDate: Monday\nTo: Ana\n\nText",
    "a sentence that ends like an attribution": "On Monday he called me and then wrote:\nwe pay nothing.",
    "somebody's own list with dates": "On 3 November 2026 at 10:00 I called.\nOn 4 November 2026 nobody wrote back.",
    "a few lines with >": "> 5 items are missing\nand two are broken.",
    "the words From and To": "From: Berlin\nI would like to travel to Rome.\nTo: anybody",
    "a dash in the middle": "My options:\n--\nA or B, and so on\n" + "line\n".repeat(20).trim(),
    "a mail that is nothing but history": `On Mon, Nov 2, 2026 at 9:12 AM Bo <bo@ours.example> wrote:\n\n${quote(QUOTED)}`,
    "a mail that begins with copied header lines": "From: Bo <bo@ours.example>\nSent: Monday\nTo: Ana\nSubject: Bill\n\nWhat does this mean?",
    "the word iPhone in a last line": "I cannot hear you.\nSent from my iPhone the call always fails after two minutes because of the microphone, I think.",
  };
  for (const [what, text] of Object.entries(kept)) {
    it(`${what} stays whole`, () => assert.equal(newestPart(text), text.trim()));
  }

  it("a forward by its subject keeps an Outlook block and loses only the signature", () => {
    const text = `See below.\n\n${HISTORIES["Outlook"]}`;
    assert.equal(newestPart(`${text}\n\n-- \nAna`, true), text);
  });

  it("whatever somebody writes above a history is what is left", () => {
    const word = fc.stringMatching(/^[a-zäé]{1,9}[.,!?]?$/);
    const paragraph = fc.array(word, { minLength: 1, maxLength: 30 }).map((words) => `Hi ${words.join(" ")}`);
    fc.assert(
      fc.property(fc.array(paragraph, { minLength: 1, maxLength: 5 }), fc.constantFrom(...Object.values(HISTORIES)), fc.constantFrom(...ENDINGS), (paragraphs, history, ending) => {
        const own = paragraphs.join("\n\n");
        assert.equal(newestPart(`${own}\n\n${ending}\n\n${history}`), own);
      }),
      { numRuns: 300 },
    );
  });

  it("never invents or reorders: the result is lines of the text in their order, and never nothing", () => {
    const piece = fc.oneof(fc.constantFrom(...Object.values(HISTORIES), ...ENDINGS, DISCLAIMER, "> x", "", "--", "From: a", "On"), fc.string({ maxLength: 40 }));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.boolean(), (pieces, isForward) => {
        const text = pieces.join("\n");
        const lines = text.replace(/\r\n?/g, "\n").split("\n").map((line) => line.trim());
        let at = 0;
        for (const line of newestPart(text, isForward).split("\n")) {
          const found = lines.indexOf(line.trim(), at);
          assert.ok(found !== -1, `${JSON.stringify(line)} is no line of the text, or out of order`);
          at = found + 1;
        }
        if (text.trim() !== "") assert.notEqual(newestPart(text, isForward), "");
      }),
      { numRuns: 500 },
    );
  });

  it("hostile text takes no time: 1 MB of marks, of one line, of empty lines", () => {
    const startMs = performance.now();
    for (const text of ["On 1 a\n".repeat(150_000), `On ${"1 2026 ".repeat(150_000)}wrote:`, "\n".repeat(1_000_000), "From: \n".repeat(19_000), "> ".repeat(500_000), `On ${"wrote ".repeat(40)}1 2026`.repeat(4000), "Sent from my ".repeat(9)]) newestPart(text);
    assert.ok(performance.now() - startMs < 1500, `${performance.now() - startMs} ms`);
  });
});
