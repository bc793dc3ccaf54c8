/**
 * A number that is bound to a statement of several tables, without `?`'s price: while SQLite plans a join it looks at the
 * value of a bare parameter, and plans anew whenever one is bound, which costs ten times the search itself. The value of
 * an expression is none of the plan's business.
 */
export const settledParameter = "(? + 0)";
