// Which passwords are taken (NIST SP 800-63B, 5.1.1.2): long enough, and none of those that everybody tries first. No rules about kinds of characters. Pure.

export const PASSWORD_MIN_CHARACTERS = 12;
/** Longer than any pass phrase that somebody types; it bounds what is hashed. */
export const PASSWORD_MAX_CHARACTERS = 200;

/** Words that the most common long passwords are made of, with digits around them. */
const COMMON_WORDS = [
  "administrator", "passwort", "password", "passw0rd", "p@ssword", "p@ssw0rd", "kennwort", "iloveyou", "letmein", "sunshine", "princess", "football", "baseball", "superman", "starwars", "liverpool", "changeme", "callcenter", "callcentre",
  "telephone", "welcome", "willkommen", "dragon", "monkey", "master", "shadow", "secret", "geheim", "qwertyuiop", "qwerty", "qwertz", "azerty", "1q2w3e4r5t6y", "1q2w3e4r", "1qaz2wsx3edc", "1qaz2wsx", "zaq12wsx", "qazwsxedc", "asdfgh", "admin", "hello", "login", "test", "user", "earshot", "abc123",
];
const ROWS = ["01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "qwertzuiopasdfghjklyxcvbnm", "azertyuiopqsdfghjklmwxcvbn"];

/** As it is hashed: the same password typed on two keyboards is the same (NFKC). */
export function normalisePassword(password: string): string {
  return password.normalize("NFKC");
}

/**
 * @param known words that belong to the person: login name, display name
 * @returns why the password is not taken, as a sentence; undefined when it is
 */
export function passwordProblem(password: string, known: readonly string[]): string | undefined {
  const typed = normalisePassword(password);
  const length = [...typed].length;
  if (length < PASSWORD_MIN_CHARACTERS) return `Choose at least ${PASSWORD_MIN_CHARACTERS} characters; a few words in a row are easy to remember.`;
  if (length > PASSWORD_MAX_CHARACTERS) return `Choose at most ${PASSWORD_MAX_CHARACTERS} characters.`;
  const text = typed.toLowerCase();
  if (isRepetition(text) || isRow(text)) return "This is one pattern over and over, or a row of the keyboard: among the first that are tried. Choose a few words in a row.";
  if (isMadeOf(text, known.flatMap((name) => [name, ...name.split(/[^\p{L}\p{N}]+/u)]))) return "This is made of your name. Choose words that are not about you.";
  if (isMadeOf(text, COMMON_WORDS)) return "This is among the passwords that are tried first. Choose a few words in a row.";
  return undefined;
}

/** One piece of up to four characters, again and again. */
function isRepetition(text: string): boolean {
  return [1, 2, 3, 4].some((size) => text === text.slice(0, size).repeat(Math.ceil(text.length / size)).slice(0, text.length));
}

function isRow(text: string): boolean {
  return ROWS.some((row) => `${row}${row}`.includes(text) || [...`${row}${row}`].reverse().join("").includes(text));
}

/** Hardly anything is left without these words and what is put around words: digits and signs. */
function isMadeOf(text: string, words: readonly string[]): boolean {
  const present = words.map((word) => word.normalize("NFKC").toLowerCase()).filter((word) => word.length >= 3 && text.includes(word)).sort((a, b) => b.length - a.length);
  if (present.length === 0) return false;
  const rest = present.reduce((left, word) => left.replaceAll(word, ""), text);
  return [...rest.replace(/[^\p{L}]/gu, "")].length < 4;
}
