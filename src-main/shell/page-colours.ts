/** The ground of the page (`--window` of its styles) in the two themes: no flash before the first paint. */
export const pageColours = { light: "#edf0ee", dark: "#0e1311" } as const;
