// Sentences that Whisper models invent when they hear noise or nothing: learned from subtitles of films and videos. Data.

/**
 * Words of subtitle makers and video hosts; nobody says them in a telephone call. Written as {@link plainText} writes. Collected from what users
 * of Whisper report (whisper.cpp #1507, openai/whisper discussions 928 and 1606).
 */
export const VIDEO_PHRASES: ReadonlySet<string> = new Set([
  "thank you for watching", "thank you so much for watching", "thank you very much for watching", "thanks for watching", "thanks for watching everyone",
  "thank you for watching and see you next time", "thanks for watching and ill see you in the next video", "ill see you in the next video",
  "see you in the next video", "see you next time", "please subscribe", "please subscribe to my channel", "please subscribe to our channel",
  "dont forget to subscribe", "dont forget to like and subscribe", "like and subscribe", "subscribe to the channel", "subtitles by the amaraorg community",
  "subtitles by", "transcription by castingwords", "transcribed by", "copyright", "all rights reserved", "the end", "to be continued", "music", "applause", "foreign",
  "untertitel der amaraorg community", "untertitel im auftrag des zdf", "untertitel im auftrag des zdf für funk", "untertitelung des zdf", "untertitelung bpj",
  "vielen dank fürs zuschauen", "danke fürs zuschauen", "bis zum nächsten mal",
  "sous titres réalisés par la communauté damaraorg", "sous titres réalisés para la communauté damaraorg", "sous titrage st 501", "merci davoir regardé cette vidéo",
  "subtítulos realizados por la comunidad de amaraorg", "gracias por ver el video", "gracias por ver", "suscríbete al canal", "suscríbete",
  "sottotitoli creati dalla comunità amaraorg", "sottotitoli e revisione a cura di qtss", "grazie per la visione",
  "ondertitels ingediend door de amaraorg gemeenschap", "ondertiteld door de amaraorg gemeenschap", "tv gelderland 2021", "bedankt voor het kijken",
  "legendas pela comunidade amaraorg", "obrigado por assistir", "inscreva se no canal", "napisy stworzone przez społeczność amaraorg", "dziękuję za uwagę",
  "dziękuję za obejrzenie", "субтитры сделал dimatorzok", "субтитры создавал dimatorzok", "продолжение следует", "спасибо за просмотр", "подписывайтесь на канал",
  "altyazı mk", "izlediğiniz için teşekkür ederim", "abone olmayı unutmayın", "ご視聴ありがとうございました", "字幕由amaraorg社区提供", "请不吝点赞订阅转发打赏支持明镜与点点栏目",
  "시청해주셔서 감사합니다", "구독과 좋아요 부탁드립니다",
]);

/** Courtesies that people do say and models also invent on a cough or a click. */
export const COURTESY_PHRASES: ReadonlySet<string> = new Set([
  "thank you", "thank you very much", "thank you so much", "thanks", "you", "bye", "bye bye", "goodbye", "okay", "oh", "so", "im sorry", "hmm", "yeah", "the",
  "danke", "vielen dank", "tschüss", "merci", "au revoir", "gracias", "adiós", "grazie", "ciao", "dank je", "dank u wel", "obrigado", "dziękuję", "спасибо",
]);

/** Text as it is compared: lower case, letters, digits and single spaces only; a dash counts as a space. */
export function plainText(text: string): string {
  return text.toLowerCase().replace(/\p{Pd}/gu, " ").replace(/[^\p{L}\p{M}\p{N}\s]/gu, "").replace(/\s+/gu, " ").trim();
}
