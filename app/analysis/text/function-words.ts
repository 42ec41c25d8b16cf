// Words that carry no content of their own. Evidence checks and rankings look past them.

const LIST = `a an the this that these those some any each every all both either neither no not and or but so if then than because while as of at by for from in
into on onto off out over under up down to with without about after again before during until till since through i me my mine myself we us our ours you your
yours he him his she her hers it its they them their theirs themselves who whom whose which what when where why how there here is am are was were be been
being do does did done doing have has had having will would shall should can could may might must need ok yes yeah yep no nope oh well just really very
quite too also still already only even now right please thank thanks hello hi hey bye goodbye um uh er erm ah mm hmm like know mean sort kind thing things
get got gets let lets one ones much many more most lot bit sure fine good great ll ve re s t d m back today actually basically obviously gonna going go
needs needed say says said saying tell told ask asked want wants sorry sir madam maam welcome afternoon morning evening today speaking moment hold`;

const FUNCTION_WORDS = new Set(LIST.split(/\s+/));

/** @returns true for words that say nothing about the matter: pronouns, auxiliaries, fillers, courtesies */
export function isFunctionWord(lower: string): boolean {
  return FUNCTION_WORDS.has(lower);
}

/** Noises of speech that are dropped wherever they stand. */
export const FILLERS: ReadonlySet<string> = new Set(["um", "uh", "er", "erm", "ah", "mm", "mmm", "hmm", "hm", "uhm", "umm", "uhh", "eh"]);
