// What a contact may be about beside its reason: it begins forms, so that what is said for them is not lost, and never sends one.
export const version = 280;

export const sql = `
-- {"returns.damaged": 0.21, ...}, JSON; null where nothing says
ALTER TABLE sessions ADD COLUMN likely_reasons TEXT;
`;
