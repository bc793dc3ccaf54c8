/** What exactly a blocked integration lacks, beside the reason: `why` and the lists tell it. */
export const blockedDetail = /* sql */ `
ALTER TABLE integration ADD COLUMN blocked_detail TEXT;
`;
