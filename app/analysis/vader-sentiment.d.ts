// What we use of vader-sentiment, which brings no types.
declare module "vader-sentiment" {
  const vader: {
    SentimentIntensityAnalyzer: {
      /** @returns shares of negative, neutral and positive words, and `compound` −1…1 */
      polarity_scores(text: string): { neg: number; neu: number; pos: number; compound: number };
    };
  };
  export default vader;
}
