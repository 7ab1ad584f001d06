/** The fields of a row, by their names. Blank cells are left out. */
export type Fields = Readonly<Record<string, unknown>>;
