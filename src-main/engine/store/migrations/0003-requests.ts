/** Answers of changes by the request that asked for them: what was done right before the engine died is not done again. */
export const requests = /* sql */ `
CREATE TABLE request (
  id INTEGER PRIMARY KEY,
  request TEXT NOT NULL UNIQUE,
  answer TEXT NOT NULL
) STRICT;
`;
