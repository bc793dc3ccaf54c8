/** What one request does for one delivery is one attempt: a row for every link doubled their number. */
export const attemptSteps = /* sql */ `
-- steps: their names, parted by blanks.
ALTER TABLE attempt RENAME COLUMN step TO steps;
`;
