// British spellings become American ones, by families of words. Pure. Whisper has a list of 1,700 forms; these rules cover its families as far as
// telephone calls need them, and leave every other word alone.

/** Stems whose verb ends in -ise and nouns in -isation: "apologised" → "apologized". */
const ISE = stems(`
  agon american anonym apolog author brutal capital caramel categor central character civil colon commercial computer criminal critic crystall
  custom decentral demon deput digit dramat econom emphas energ epitom equal factor familiar fertil final formal general
  global harmon human hypnot ideal immun individual industrial initial institutional internal international ital item jeopard legal legitim
  liberal local magnet maxim memor mechan minim mobil modern monopol moral motor national natural neutral normal notar optim organ
  reorgan ostrac oxid patron penal personal polar popular pressur priorit privat public random rational real recogn regular revital
  revolution scrutin sensit social special stabil standard steril subsid summar symbol sympath synchron terror theor traumat trivial urban
  util vandal victim visual vocal weapon`);

/** Stems in -our: "favourable" → "favorable". */
const OUR = stems("arm behavi cand clam col discol dem endeav enam fav ferv fl glam harb hon dishon hum lab belab neighb od parl ranc rig rum sav splend tum val vap vig");

/** Verbs whose last l is doubled in Britain only: "cancelled" → "canceled". */
const DOUBLED_L = stems("cancel channel counsel dial equal fuel grovel initial jewel label level libel marvel medal model panel pedal quarrel rival shovel signal snorkel spiral total towel travel tunnel");

/** Single words, and words that follow no family. */
const SINGLE: Readonly<Record<string, string>> = {
  aeroplane: "airplane", aeroplanes: "airplanes", ageing: "aging", aluminium: "aluminum", analogue: "analog", axe: "ax", cancelation: "cancellation",
  catalogue: "catalog", catalogues: "catalogs", centre: "center", centres: "centers", centred: "centered", cheque: "check", cheques: "checks",
  chequebook: "checkbook", cosy: "cozy", defence: "defense", defences: "defenses", dialogue: "dialog", draught: "draft", draughts: "drafts", draughty: "drafty",
  enquire: "inquire", enquired: "inquired", enquiries: "inquiries", enquiring: "inquiring", enquiry: "inquiry", fibre: "fiber", fibres: "fibers",
  fulfil: "fulfill", fulfils: "fulfills", gaol: "jail", grey: "gray", greyed: "grayed", instalment: "installment", instalments: "installments",
  jewellery: "jewelry", jeweller: "jeweler", kerb: "curb", kerbs: "curbs", licence: "license", licences: "licenses", litre: "liter", litres: "liters",
  manoeuvre: "maneuver", manoeuvres: "maneuvers", meagre: "meager", metre: "meter", metres: "meters", kilometre: "kilometer", kilometres: "kilometers", mould: "mold",
  moult: "molt", moustache: "mustache", offence: "offense", offences: "offenses", paediatric: "pediatric", practise: "practice", practised: "practiced", practising: "practicing",
  pretence: "pretense", programme: "program", programmes: "programs", pyjamas: "pajamas", sceptical: "skeptical", skilful: "skillful", sombre: "somber", storey: "story", storeys: "stories",
  sulphur: "sulfur", theatre: "theater", theatres: "theaters", tyre: "tire", tyres: "tires", whisky: "whiskey", wilful: "willful", woollen: "woolen", anaesthetic: "anesthetic",
  orthopaedic: "orthopedic", encyclopaedia: "encyclopedia", foetus: "fetus", oestrogen: "estrogen", diarrhoea: "diarrhea", judgement: "judgment", judgements: "judgments", acknowledgement: "acknowledgment",
};

/** @param word lower case, letters only @returns its American spelling, or the word itself */
export function americanSpelling(word: string): string {
  const single = SINGLE[word];
  if (single !== undefined) return single;
  return withEnding(word, ISE, /^(.+)is(e|es|ed|er|ers|ing|ation|ations|able)$/, "iz")
    ?? withEnding(word, OUR, /^(.+)our(|s|ed|er|ers|ing|able|ably|ite|ites|less|ful|hood|hoods|al|ally|y)$/, "or")
    ?? withEnding(word, DOUBLED_L, /^(.+l)l(ed|ing|er|ers|ings)$/, "")
    ?? (/^(anal|paral|catal)ys(e|ed|es|er|ers|ing)$/.test(word) ? word.replace("lys", "lyz") : word);
}

function withEnding(word: string, known: ReadonlySet<string>, pattern: RegExp, middle: string): string | undefined {
  const [, stem = "", ending = ""] = pattern.exec(word) ?? [];
  return known.has(stem) ? stem + middle + ending : undefined;
}

function stems(list: string): ReadonlySet<string> {
  return new Set(list.split(/\s+/).filter(Boolean));
}
