import { strict as assert } from "node:assert";
import fc from "fast-check";
import { escapeHtml, html, urlPart } from "../../app/ui/frame/html.ts";

const anyText = fc.oneof(fc.string({ unit: "binary" }), fc.stringMatching(/^[<>&"'`=/ a-z!-]{0,30}$/), fc.constantFrom("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "'--!>", "</title><svg onload=x>", "&lt;", "\u0000<b>", "]]>"));

/** What a browser makes of escaped text. */
const unescape = (text: string): string => text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => ({ amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" })[name] ?? "");

describe("ui: html", () => {
  it("any text between tags stays text and comes back whole", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const written = html`<p>${text}</p>`.text;
        assert.ok(written.startsWith("<p>") && written.endsWith("</p>"));
        const inner = written.slice(3, -4);
        assert.ok(!/[<>"']/.test(inner));
        assert.ok(!/&(?!(?:amp|lt|gt|quot|#39);)/.test(inner));
        assert.equal(unescape(inner), text.replaceAll("\0", "\ufffd"));
      }),
      { numRuns: 500 },
    );
  });

  it("any text in an attribute stays in its quotes", () => {
    fc.assert(
      fc.property(anyText, anyText, (one, other) => {
        const written = html`<p title="${one}" class="a ${other}">x</p>`.text;
        const [, title, name] = /^<p title="([^"<>]*)" class="a ([^"<>]*)">x<\/p>$/.exec(written) ?? assert.fail(written);
        assert.deepEqual([unescape(title ?? ""), unescape(name ?? "")], [one.replaceAll("\0", "\ufffd"), other.replaceAll("\0", "\ufffd")]);
      }),
      { numRuns: 500 },
    );
  });

  it("an address leads into this site, into the page or to http(s), whatever it is made of", () => {
    fc.assert(
      fc.property(fc.oneof(anyText, fc.webUrl(), fc.constantFrom("javascript:alert(1)", " javascript:x", "JAVASCRIPT:x", "java\nscript:x", "data:text/html,x", "//evil.example", "/\\evil.example", "vbscript:x", "\u0001javascript:x")), (address) => {
        const [, written] = /^<a href="([^"]*)">/.exec(html`<a href="${address}">x</a>`.text) ?? assert.fail();
        const url = new URL(unescape(written ?? ""), "https://earshot.example/calls");
        assert.ok(["http:", "https:"].includes(url.protocol));
        assert.ok(url.host === "earshot.example" || /^https?:\/\//i.test(address), address);
      }),
      { numRuns: 500 },
    );
    assert.equal(html`<form action="${"javascript:x"}">`.text, '<form action="#">');
    assert.equal(html`<a href="/calls/${urlPart("a/b?c#d")}">`.text, '<a href="/calls/a%2Fb%3Fc%23d">');
  });

  it("a path part can be anything, lone surrogates too", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => assert.match(urlPart(text), /^[\w.!~*'()%-]*$/)));
    assert.equal(urlPart("\ud800"), "%EF%BF%BD");
  });

  it("nested html is not escaped again; lists are joined; nothing writes nothing; zero is something", () => {
    assert.equal(html`<ul>${[1, 2].map((n) => html`<li>${n}</li>`)}</ul>${null}${undefined}${false}${0}${""}`.text, "<ul><li>1</li><li>2</li></ul>0");
  });

  it("a template that puts something where escaping does not help fails by its first rendering", () => {
    const x = "x";
    assert.throws(() => html`<p title=${x}>`);
    assert.throws(() => html`<p title='${x}'>`);
    assert.throws(() => html`<p ${x}>`);
    assert.throws(() => html`<${x}>`);
    assert.throws(() => html`<script>let a = "${x}"</script>`);
    assert.throws(() => html`<style>${x}</style>`);
    assert.throws(() => html`<!-- ${x} -->`);
    assert.throws(() => html`<p title="${html`<b>`}">`);
    assert.doesNotThrow(() => html`<script src="${"/a.js"}"></script><style></style><!-- fine --><p title="a > b">${x}</p> 1 < 2 ${x}`);
  });

  it("escapes exactly the five characters and NUL", () => assert.equal(escapeHtml(`a&<>"'\0é☎`), "a&amp;&lt;&gt;&quot;&#39;\ufffdé☎"));
});
