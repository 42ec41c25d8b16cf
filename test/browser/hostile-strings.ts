// A hundred texts that somebody may say, write or name a file, each meant to be taken for something else than text. 9999 stands for its number.

/** Runs when a text became code: sets the mark that the test looks for. */
const HIT = "window.__hit=9999";

const CODE = [
  `<script>${HIT}</script>`, `"><script>${HIT}</script>`, `'><script>${HIT}</script>`, `</title><script>${HIT}</script>`, `</textarea><script>${HIT}</script>`, `--><script>${HIT}</script>`, `]]><script>${HIT}</script>`,
  `<scr<script>ipt>${HIT}</scr</script>ipt>`, `<script\n>${HIT}</script\n>`, `<svg/onload=${HIT}>`, `<math><mtext></mtext><mglyph><style><img src=x onerror=${HIT}>`, `<svg><animate onbegin=${HIT} attributeName=x dur=1s>`,
  `<img src=x onerror=${HIT}>`, `"><img src=x onerror=${HIT}>`, `' onmouseover=${HIT} x='`, `" onfocus=${HIT} autofocus x="`, `" style="animation:a 1s" onanimationstart="${HIT}`, `<body onload=${HIT}>`, `<input autofocus onfocus=${HIT}>`, `<details open ontoggle=${HIT}>`,
  `<video><source onerror=${HIT}></video>`, `<audio src=x onerror=${HIT}>`, `<iframe srcdoc="<script>parent.__hit=9999</script>">`, `<iframe src=javascript:parent.__hit=9999>`, `<object data=javascript:${HIT}>`, `<embed src=javascript:${HIT}>`,
  `<a href=javascript:${HIT}>press 9999</a>`, `javascript:${HIT}`, `JaVaScRiPt:${HIT}//`, ` javascript:${HIT}`, `data:text/html,<script>${HIT}</script>`, `<base href=//example.invalid/9999/>`, `<meta http-equiv=refresh content=0;url=//example.invalid/9999>`, `<link rel=stylesheet href=//example.invalid/9999.css>`,
  `<style>body{background:url(//example.invalid/9999)}</style>`, `<style>@import '//example.invalid/9999.css'</style>`, `<form action=//example.invalid/9999><input name=q>`, `<button formaction=javascript:${HIT}>9999</button>`, `<template><img src=x onerror=${HIT}></template>`, `<noscript><p title="</noscript><img src=x onerror=${HIT}>">`,
  `<!--[if gte IE 4]><script>${HIT}</script><![endif]-->`, `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e; 9999</x>`, `<div data-do=play data-live=9999 class=turn id=page>9999</div>`, `<img name=documentElement id=body src=x>9999`, `<p id=msg_1 data-start=0>9999</p>`,
];
const ENTITIES = [`&lt;script&gt;${HIT}&lt;/script&gt;`, `&#60;script&#62;${HIT}&#60;/script&#62;`, `&#x3c;img src=x onerror=${HIT}&#x3e;`, `&amp;lt;b&amp;gt;9999`, `&quot; onclick=&quot;${HIT}`, `%3Cscript%3E${HIT}%3C/script%3E`, `\\u003cscript\\u003e${HIT}`, `\\x3cscript\\x3e${HIT}`, `+ADw-script+AD4-${HIT}`, `＜script＞${HIT}＜/script＞`, `&NotEqualTilde;&#0;&#xD800;&#x110000; 9999`, `＆ｌｔ；9999`];
const TEMPLATES = ["{{constructor.constructor('window.__hit=9999')()}}", "${window.__hit=9999}", "<%= 9999 %>", "#{9999}", "[[9999]]", "{% raw %}9999", "{{9999*7}}", "__proto__9999", "constructor 9999", "$& $1 $` 9999", "%s %n %x %d 9999", "'; DROP TABLE messages; -- 9999", "' OR '1'='1' 9999", "../../../etc/passwd 9999", ];
const FORMULAS = [`=HYPERLINK("//example.invalid/9999","9999")`, `=cmd|' /C calc'!A9999`, "+9999+1", "-9999+1", "@SUM(9999)", "\t9999 after a tab", `"9999","quoted"`];
const LETTERS = ["\u202Egnp.9999\u202C", "\u2066N\u2067left\u2069", "9999\u200B\u200C\u200Dnothing\uFEFF", "\u0000N\u0000null", "\u001B[31m9999 red\u001B[0m", "\u001B]8;;https://example.invalid\u00079999\u001B]8;;\u0007", "9999\u0007\u0008\u007F", "9999\r\nSet-Cookie: a=b", "9999 \u2028 line \u2029 paragraph", "👩‍👩‍👧‍👦🏳️‍🌈👍🏽 9999", "9999\uD800 half", `9999${"\u0301".repeat(60)} accents`, "ﷺ 9999 مرحبا", "Ⓝ ʼn İ ß ﬀ 9999", "𝕳𝖊𝖑𝖑𝖔 9999"];
const LONG = [`9999${"x".repeat(180)}`, `9999 ${"W".repeat(150)}`, `9999${"/path".repeat(36)}`, `https://example.invalid/${"9999".repeat(150)}`, `9999${"🦄".repeat(40)}`, "9999", `9999${"ｗｉｄｅ".repeat(30)}`];

/** Exactly a hundred; each has its number in it, so that no two are alike. At most 200 characters: what names may have. */
export const HOSTILE: readonly string[] = [...CODE, ...ENTITIES, ...TEMPLATES, ...FORMULAS, ...LETTERS, ...LONG].map((text, i) => text.replaceAll("9999", `${1000 + i}`).slice(0, 200));
