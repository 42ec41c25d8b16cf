// Tells which words are numbers, so that the guard never takes a read-out of a card number for a loop. Pure.

const NUMBER_WORDS = new Set(
  (
    "zero oh nought one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen " +
    "twenty thirty forty fifty sixty seventy eighty ninety hundred thousand double triple treble " +
    "null eins ein zwei zwo drei vier fünf sechs sieben acht neun zehn elf zwölf zwanzig dreißig hundert " +
    "zéro un deux trois quatre cinq six sept huit neuf dix onze douze vingt cent " +
    "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce veinte " +
    "due tre quattro cinque sei sette otto nove dieci " +
    "nul een twee drie zes zeven negen tien zero um dois três quatro sete oito nove dez"
  ).split(" "),
);

/** True for digits in any script and for number words of the languages above; other languages are written in digits by the models anyway. */
export function isNumberWord(text: string): boolean {
  const plain = text.toLowerCase().replace(/[^\p{L}\p{M}\p{N}-]/gu, "");
  return /\p{N}/u.test(plain) || plain.split("-").some((part) => NUMBER_WORDS.has(part));
}

/** @returns how many of the words are numbers; a word of several digits counts each */
export function numberWords(words: readonly { text: string }[]): number {
  return words.reduce((total, word) => total + Math.max(word.text.match(/\p{N}/gu)?.length ?? 0, isNumberWord(word.text) ? 1 : 0), 0);
}
