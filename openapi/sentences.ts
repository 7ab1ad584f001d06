/** Sentences that several operations have in their descriptions. */

/** Which record an operation of `/api/io` reads or writes. @param name the field that names it */
export const target = (name: string) =>
  `The \`${name}\` in the body names the record, or else the one in the credentials.`;

/** What an update does with fields that are left out. */
export const replaces =
  "Every field gets the value that you pass. A field that you leave out is cleared; only `active` stays as it is.";

/** What happens when several callers create the same record. */
export const creates = "When several callers create a record with the same key at the same time, exactly one succeeds.";

/** What a save does. @param what the kind of record */
export const saves = (what: string) =>
  `Creates the ${what}, or replaces all fields if the ${what} exists. Simultaneous saves all succeed.`;

/** What a user needs to sign in. */
export const signInNeeds =
  "To sign in, a user needs `loginId` and `loginPassword`. Later updates may leave the password out.";

/** Who may call operations that need a session. */
export const holderOnly = "Only the account's holder can call it, because application credentials have no session.";
