/** V8 keeps the whole text alive that a slice of 13 characters or more was cut from. */
const leastSlice = 13;

/**
 * The same text without the block of the file that it was cut from: for what is kept while blocks pass by. Joining makes
 * a text of its own, and the slice that is taken from it keeps only that.
 */
export const detachText = (text: string): string => (text.length < leastSlice ? text : `.${text}`.slice(1));
