/**
 * A number that is bound to a statement, without a bare parameter's price: while SQLite plans a search it looks at the value
 * of a parameter, and plans anew whenever one is bound, which costs ten times the search itself. The value of an expression
 * is none of the plan's business.
 */
export const settled = (parameter: string): string => `(${parameter} + 0)`;
