import type { Code } from "./practices-contract.ts";

/** A valid value of a field, and the value that is answered for it. */
export interface Accepted {
  readonly title: string;
  readonly field: string;
  readonly given: unknown;
  readonly answered: unknown;
}

/** An invalid value of a field. */
export interface Refused {
  readonly title: string;
  readonly field: string;
  readonly given: unknown;
  /** The code of the field, answered when this is the only fault; 4060 if it has none. */
  readonly code?: Code | undefined;
  /** Whether 4060 is allowed too: the contract does not say which code a value of the wrong type has. */
  readonly either?: boolean;
}

/** The rules of one field or of several. */
export interface Rules {
  readonly accepted: readonly Accepted[];
  readonly refused: readonly Refused[];
}

/** One valid value for each field, and one invalid value for each of its codes. */
export const oneOfEach = ({ accepted, refused }: Rules): Rules => ({
  accepted: firstOfEach(accepted, ({ field }) => field),
  refused: firstOfEach(refused, ({ field, code }) => `${field} ${code}`),
});
const firstOfEach = <Row>(rows: readonly Row[], kindOf: (row: Row) => string): Row[] =>
  [...Map.groupBy(rows, kindOf).values()].flatMap(([first]) => first ?? []);

const join = (...rules: Rules[]): Rules => ({
  accepted: rules.flatMap(({ accepted }) => accepted),
  refused: rules.flatMap(({ refused }) => refused),
});

const shown = (value: unknown) => {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 50 ? `${text.slice(0, 30)}… (${[...String(value)].length} characters)` : text;
};
const takes = (field: string, given: unknown, answered: unknown = given): Accepted => ({
  title: `${field} ${shown(given)} as ${shown(answered)}`,
  field,
  given,
  answered,
});
const refuses = (field: string, given: unknown, code?: Code): Refused => ({
  title: `${field} ${shown(given)}`,
  field,
  given,
  code,
});

/** Values that are not text: objects, arrays and booleans. */
const noText = (field: string, code?: Code): Refused[] =>
  [{}, { value: "x" }, [], ["x"], true, false].map((given) => ({
    ...refuses(field, given, code),
    either: code !== undefined,
  }));

/** `null`, `""` and blanks count as absent, so an optional field gets its default. */
const absent = (field: string, answered: unknown): Accepted[] =>
  [null, "", "   ", "\t\n"].map((given) => takes(field, given, answered));

const controlCharacters = ["a\u0000b", "a\nb", "a\tb", "a\u001fb", "a\u007fb", "a\u0085b"];

/** Plain text of at most `max` characters. */
const text = (field: string, max: number): Rules => ({
  accepted: [
    takes(field, "x".repeat(max)),
    takes(field, "🙂".repeat(max)),
    takes(field, 'Ærøskøbing & "Söhne" <b>\'s 北京'),
    takes(field, "  blanks around  ", "blanks around"),
    takes(field, ` ${"x".repeat(max)} `, "x".repeat(max)),
    takes(field, 4711, "4711"),
    takes(field, 0, "0"),
    takes(field, -1.5, "-1.5"),
  ],
  refused: [
    refuses(field, "x".repeat(max + 1)),
    refuses(field, "🙂".repeat(max + 1)),
    ...controlCharacters.map((given) => refuses(field, given)),
    ...noText(field),
  ],
});

const optionalText = (field: string, max: number) =>
  join(text(field, max), { accepted: absent(field, ""), refused: [] });

const requiredText = (field: string, max: number) =>
  join(text(field, max), {
    accepted: [],
    refused: [undefined, null, "", "   "].map((given) => refuses(field, given)),
  });

/** The 62 state codes of the USPS. @see https://pe.usps.com/text/pub28/28apb.htm */
const stateCodes = [
  "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO",
  "MT NE NV NH NJ NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY",
  "DC AS GU MP PR VI FM MH PW AA AE AP",
].flatMap((line) => line.split(" "));

const state: Rules = {
  accepted: [
    ...stateCodes.map((code) => takes("state", code)),
    takes("state", "oh", "OH"),
    takes("state", "Pr", "PR"),
    takes("state", " ny ", "NY"),
    ...absent("state", ""),
  ],
  refused: [
    ...["XX", "PQ", "UM", "ON", "O", "OHI", "Ohio", "O H", "12", 12, "ﬂ", "ıd"].map((given) => refuses("state", given)),
    ...noText("state"),
  ],
};

const digits = (field: string, accepted: readonly string[], refused: readonly unknown[]): Rules => ({
  accepted: [
    ...accepted.map((given) => takes(field, given)),
    ...accepted.map((given) => takes(field, Number(given), given)),
    takes(field, ` ${accepted[0]} `, accepted[0]),
    ...absent(field, ""),
  ],
  refused: [...refused.map((given) => refuses(field, given)), ...noText(field)],
});

const postal = digits(
  "postal",
  ["43215", "432151234"],
  ["4321", "432151", "43215123", "4321512345", "43215-1234", "4321A", "４３２１５", 4321.5],
);
const tenDigits = (field: string) =>
  digits(
    field,
    ["6145550100"],
    ["614555010", "61455501000", "614-555-0100", "(614)5550100", "+16145550100", "614555010O", "٦١٤٥٥٥٠١٠٠"],
  );

const zones = [
  "America/Anchorage",
  "America/Chicago",
  "America/Denver",
  "America/New_York",
  "America/Los_Angeles",
  "America/Phoenix",
  "America/Puerto_Rico",
  "Pacific/Honolulu",
  "Zulu",
];
const timeZone: Rules = {
  accepted: [...zones.map((zone) => takes("timeZone", zone)), ...absent("timeZone", "Zulu")],
  refused: [
    ...["UTC", "GMT", "Europe/Berlin", "America/Detroit", "Eastern", 0].map((given) => refuses("timeZone", given)),
    ...noText("timeZone"),
  ],
};

const boolean = (field: string, byDefault: boolean): Rules => ({
  accepted: [
    ...[true, "true", "TRUE", "True"].map((given) => takes(field, given, true)),
    ...[false, "false", "FALSE", "fAlSe"].map((given) => takes(field, given, false)),
    ...[undefined, null, ""].map((given) => takes(field, given, byDefault)),
  ],
  refused: ["yes", "no", "1", "0", "t", 1, 0, {}, [], [true]].map((given) => refuses(field, given)),
});

const npi = (field: string): Rules => ({
  accepted: [
    ...["1234567893", "9876543213", "1900000005", "1010010019"].map((given) => takes(field, given)),
    takes(field, 1234567893, "1234567893"),
    takes(field, " 1234567893 ", "1234567893"),
    ...absent(field, ""),
  ],
  refused: [
    ...[..."012456789"].map((check) => refuses(field, `123456789${check}`, 4251)),
    ...["0000000000", "2134567893", "123456789", "12345678931", "123456789X", "１２３４５６７８９３"].map((given) =>
      refuses(field, given, 4251),
    ),
    ...noText(field, 4251),
  ],
});

const taxonomyCode = (field: string): Rules => ({
  accepted: [
    takes(field, "207Q00000X"),
    takes(field, "207q00000x", "207Q00000X"),
    takes(field, " 208D00000X ", "208D00000X"),
    takes(field, 1234567890, "1234567890"),
    ...absent(field, ""),
  ],
  refused: [
    ...["207Q0000X", "207Q00000XX", "207Q-0000X", "207Q 0000X", "207Q0000_X", "207Q0000ÄX"].map((given) =>
      refuses(field, given, 4252),
    ),
    ...noText(field, 4252),
  ],
});

const metadata: Rules = {
  accepted: [
    takes("metadata", "m".repeat(4096)),
    takes("metadata", "ü".repeat(2048)),
    takes("metadata", "🙂".repeat(1024)),
    takes("metadata", '  {"kept": "as it comes"}\r\n\t '),
    takes("metadata", " "),
    takes("metadata", "\u0000\u0001\u001f\u007f\u0085"),
    takes("metadata", "a\u0301 is not á"),
    takes("metadata", 42, "42"),
    takes("metadata", null, ""),
    takes("metadata", "", ""),
  ],
  refused: [
    refuses("metadata", "m".repeat(4097)),
    refuses("metadata", "ü".repeat(2049)),
    refuses("metadata", "🙂".repeat(1025)),
    ...noText("metadata"),
  ],
};

const reserved = [
  ..."api io www admin app assets static docs openapi therapist accounts portal mail localhost _local".split(" "),
  ..."login support wpad autodiscover autoconfig v2 token sso events connections".split(" "),
  ...["xn--", "xn--80ak6aa92e", "xn--bcher-kva", "XN--a", "xn--a_b"],
];
const noLabels = ["-web", "web-", "_web", "web_", "-", "a.b", "a b", "a/b", "wéb", "web!", "w".repeat(64)];

const websiteAddress: Rules = {
  accepted: [
    takes("websiteAddress", "w"),
    takes("websiteAddress", "7"),
    takes("websiteAddress", "w".repeat(63)),
    takes("websiteAddress", "my-portal_of--2"),
    takes("websiteAddress", "My-PORTAL", "my-portal"),
    takes("websiteAddress", " trimmed ", "trimmed"),
    takes("websiteAddress", 12345, "12345"),
    ...["apis", "logins", "v22", "sso-1", "xn-a", "axn--a"].map((given) => takes("websiteAddress", given)),
    ...absent("websiteAddress", ""),
  ],
  refused: [
    ...[...noLabels, ...reserved, "API", "Www", "\u212Aelvin"].map((given) => refuses("websiteAddress", given, 4161)),
    ...noText("websiteAddress", 4161),
  ],
};

const directDomain: Rules = {
  accepted: [
    takes("directDomain", "d", "d.direct.example.com"),
    takes("directDomain", "9", "9.direct.example.com"),
    takes("directDomain", "d".repeat(63), `${"d".repeat(63)}.direct.example.com`),
    takes("directDomain", "My-Clinic_2", "my-clinic_2.direct.example.com"),
    takes("directDomain", "full.direct.example.com"),
    // Only web addresses have reserved words.
    takes("directDomain", "support", "support.direct.example.com"),
    takes("directDomain", "Upper.DIRECT.example.COM", "upper.direct.example.com"),
    takes("directDomain", " blanks ", "blanks.direct.example.com"),
    takes("directDomain", 12345, "12345.direct.example.com"),
    ...absent("directDomain", ""),
  ],
  refused: [
    ...[
      ...noLabels,
      "d.example.com",
      "d.direct.example.org",
      "a.b.direct.example.com",
      "-d.direct.example.com",
      ".direct.example.com",
      "direct.example.com",
      "d.direct.example.com.",
      "d.directxexample.com",
      `${"d".repeat(64)}.direct.example.com`,
      "\u212Aelvin",
    ].map((given) => refuses("directDomain", given, 4160)),
    ...noText("directDomain", 4160),
  ],
};

const loginId: Rules = {
  accepted: [
    takes("loginId", "j"),
    takes("loginId", `${"l".repeat(242)}@example.com`),
    takes("loginId", "Jane.Doe@Example.COM"),
    takes("loginId", "jürgen+1@例え.jp"),
    takes("loginId", "  trimmed@example.com  ", "trimmed@example.com"),
    takes("loginId", 1002003, "1002003"),
  ],
  refused: [
    ...["jane doe", "jane\u00a0doe", "jane\u3000doe", "jane\u2009doe", "l".repeat(255), "🙂".repeat(255)].map((given) =>
      refuses("loginId", given),
    ),
    ...controlCharacters.map((given) => refuses("loginId", given)),
    ...noText("loginId"),
  ],
};

/** The field rules of contract practices §4, without ids and Direct addresses, whose rules depend on other fields. */
export const practiceRules = join(
  requiredText("name", 255),
  optionalText("address1", 255),
  optionalText("address2", 255),
  optionalText("city", 255),
  state,
  postal,
  tenDigits("phone"),
  tenDigits("fax"),
  boolean("active", true),
  timeZone,
  websiteAddress,
  directDomain,
  npi("practiceNpi"),
  taxonomyCode("practiceSpecialtyCode"),
  metadata,
);

/** The field rules of §5, likewise without ids and Direct addresses. */
export const userRules = join(
  requiredText("firstName", 100),
  requiredText("lastName", 100),
  optionalText("middleName", 100),
  optionalText("address1", 255),
  optionalText("address2", 255),
  optionalText("city", 255),
  state,
  postal,
  boolean("active", true),
  timeZone,
  loginId,
  boolean("provider", false),
  boolean("admin", false),
  boolean("searchOptOut", false),
  npi("npi"),
  taxonomyCode("providerTaxonomyCode"),
  metadata,
);

/** Valid and invalid values (4233) of `loginPassword`. */
export const passwords = {
  accepted: [
    "Passw0rd",
    "Password!",
    "Pass word",
    " Passw0rd ",
    "Aa345678",
    `Aa1${"x".repeat(27)}`,
    "Aa🙂🙂🙂🙂🙂🙂",
    `Aa${"🙂".repeat(28)}`,
    "Pass\u0000word\n",
  ],
  refused: [
    "Passw0r",
    "Aa🙂🙂🙂🙂🙂",
    `Aa1${"x".repeat(28)}`,
    `Aa${"🙂".repeat(29)}`,
    "password1",
    "PASSWORD1",
    "Password",
    "12345678!",
    12345678,
  ],
};

/**
 * Hashes of "Passw0rd" that other systems have made, and texts that are refused with 4233. Those of argon2 are tested with
 * real hashes.
 */
export const passwordHashes = {
  accepted: [
    "$scrypt$ln=10,r=8,p=1$c2FsdHNhbHRzYWx0c2FsdA$iFmfUvgiJ2aBertMhmWhMUV3MXwlQjg9nHVcIZ44YX8",
    "$pbkdf2-sha512$i=1000$c2FsdHNhbHRzYWx0c2FsdA$17ui7SIRI87PBMGBrMJbehkPg67j+rL9Ez+kBw4tOmdDMvSh7cPpha1jaOAjXDp3qHjeyI6tnSufNW50epsk2Q",
    "$pbkdf2-sha256$1000$c2FsdHNhbHRzYWx0c2FsdA$GGzvZVuMzO2VkjcqOdcJ0/9vABVKbNoJ//cgEQN19dY",
    "$2b$08$cfcvVd2aQ8CMvoMpP2EBfe7LKylII5Spe4AXuFcyZj7hLmx5osdHW",
  ],
  refused: [
    "Passw0rd",
    "$1$saltsalt$qjXMvbEw8oaL.CzflDtaK/",
    "$2a$04$cfcvVd2aQ8CMvoMpP2EBfeodLEkkFJ9umNEfPD18.hUF62qqlC/V.",
    "$2a$31$cfcvVd2aQ8CMvoMpP2EBfeodLEkkFJ9umNEfPD18.hUF62qqlC/V.",
    "$pbkdf2-sha256$i=0$MDEyMzQ1Njc4OWFiY2RlZg$f638hi/IdmhInRfzAv0YMrdArt+J2T1av+0BWBe9hps",
    12345678,
  ],
};

/** Local parts of Direct addresses. A valid one comes with the start of the address that is answered. */
export const localParts = {
  accepted: [
    ["jane", "jane"],
    ["Jane.DOE", "jane.doe"],
    ["j", "j"],
    ["1", "1"],
    [12, "12"],
    [" trimmed ", "trimmed"],
    ["a!#$%&'*+-/=?^_`{|}~z", "a!#$%&'*+-/=?^_`{|}~z"],
    ["l".repeat(64), "l".repeat(64)],
  ],
  refused: [
    "l".repeat(65),
    "jane..doe",
    ".jane",
    "jane.",
    ".",
    "jane doe",
    '"jane"',
    "jane(doe)",
    "jane,doe",
    "jane:doe",
    "jäne",
    "\u212Aelvin",
    "@",
    "jane@",
    "@example.com",
    "jane@doe@example.com",
    "jane@exa mple.com",
  ],
} as const;
