interface Rule {
  readonly says: RegExp;
  readonly because: string;
  /** The operation that has the rule. Default: any. */
  readonly of?: string;
}

/**
 * Rules that the document states in words only, because JSON Schema cannot express them. What such a rule refuses may be
 * refused though the schemas allow it. `says` is the complaint: `field: message`, at portals `path: code reason`.
 */
export const beyondTheDocument: readonly Rule[] = [
  { says: /^cursor: is not a cursor of this list$/, because: "A cursor is sealed by the service." },
  { says: /^(npi|practiceNpi): must be a valid NPI$/, because: "The last digit is a check digit." },
  { says: /^metadata: must be at most 4096 bytes$/, because: "Bytes are counted, not characters." },
  { says: /^image: must be at most 204800 bytes$/, because: "Bytes are counted, not characters." },
  { says: /^directDomain: must be a label/, because: "The domain around it depends on the deployment." },
  { says: /^websiteAddress: /, because: "Some words are reserved." },
  { says: /^loginPassword: must be 8 to 30 characters with/, because: "It needs several classes of characters." },
  { says: /^loginPassword(Hash)?: must (not )?come with a login/, because: "Fields depend on each other." },
  { says: /^loginPasswordHash: must be a hash of/, because: "Hashes of many schemes are accepted." },
  { says: /allowedOrigins\.\d+: .*must be an https origin/, because: "Only a URL parser can tell." },
  { says: /^: kInvalidArgument where is a JSON object$/, because: "The parameter is a text that contains JSON." },
  { says: /^directAddress: must be a local part/, because: "The domain in it must be the practice's." },
  { says: /^: kInvalidArgument Send either password/, because: "Fields depend on each other." },
  { says: /^: kNoCredentialsSupplied The password/, because: "Only the holder of the account has to send it." },
  { says: /^account.password: kRequired/, because: "Servers may send a hash instead." },
  { says: /^: kInvalidArgument favorite is true or false$/, because: "The path says which values are allowed." },
  { says: /^account\./, of: "AccountPatch", because: "The path says which values are allowed." },
  { says: /^: kCallbackFormat /, because: "Where an app shows the codes, others are malformed." },
  { says: /\]\.message: kInvalidString must be text of at most/, because: "Bytes are counted, not characters." },
  { says: /^: kInvalidArgument Unknown property/, because: "A path names a property, and what is below it." },
  { says: /\bemail: kInvalidEmailFormat/, because: "The rules for e-mail addresses are stricter than a pattern." },
  { says: /\bmobile: kInvalidPhoneNumberFormat/, because: "The digits among the separators are counted." },
  { says: /\bpassword: kPasswordStrength/, because: "Words and patterns in it are found and scored." },
  { says: /\btz: kInvalidFormat must be an IANA time zone/, because: "The list of time zones changes." },
];

/** Fields that some callers need not send. Then the operation does not read them, so that bad values are not refused. */
export const unread: Readonly<Record<string, readonly string[]>> = {
  // Read at the address without a token in its path.
  AccountVerify: ["token"],
  // Read when the account is the caller's own.
  AccountDelete: ["password"],
  TotpDelete: ["password"],
};
