import * as z from "zod";

/** Notes on the parameters of lists. */
export const listNotes = {
  limit: "How many records at most: 1 to 1000.",
  cursor: "The cursor from the previous page, unchanged. It is valid only for the same list and the same caller.",
};

/** Notes on the parameters of lists of `/api/io`. */
export const ioListNotes = {
  ...listNotes,
  limit: "How many records at most: 1 to 1000. When left out: as many as fit into 5 MB.",
};

/** `limit` in a query. The function reads it from text; the document shows a number. */
export const LimitInQuery = z.int().min(1).max(1000).default(1000).optional().meta({ description: listNotes.limit });
