/** The states and territories of the contract by their USPS codes, with names that people write. */
const names: Readonly<Record<string, string>> = {
  AL: "Alabama",
  AK: "Alaska",
  AZ: "Arizona",
  AR: "Arkansas",
  CA: "California",
  CO: "Colorado",
  CT: "Connecticut",
  DE: "Delaware",
  FL: "Florida",
  GA: "Georgia",
  HI: "Hawaii, Hawai'i",
  ID: "Idaho",
  IL: "Illinois",
  IN: "Indiana",
  IA: "Iowa",
  KS: "Kansas",
  KY: "Kentucky",
  LA: "Louisiana",
  ME: "Maine",
  MD: "Maryland",
  MA: "Massachusetts",
  MI: "Michigan",
  MN: "Minnesota",
  MS: "Mississippi",
  MO: "Missouri",
  MT: "Montana",
  NE: "Nebraska",
  NV: "Nevada",
  NH: "New Hampshire",
  NJ: "New Jersey",
  NM: "New Mexico",
  NY: "New York",
  NC: "North Carolina",
  ND: "North Dakota",
  OH: "Ohio",
  OK: "Oklahoma",
  OR: "Oregon",
  PA: "Pennsylvania",
  RI: "Rhode Island",
  SC: "South Carolina",
  SD: "South Dakota",
  TN: "Tennessee",
  TX: "Texas",
  UT: "Utah",
  VT: "Vermont",
  VA: "Virginia",
  WA: "Washington, Washington State",
  WV: "West Virginia",
  WI: "Wisconsin",
  WY: "Wyoming",
  DC: "District of Columbia, Washington DC",
  AS: "American Samoa",
  GU: "Guam",
  MP: "Northern Mariana Islands",
  PR: "Puerto Rico",
  VI: "Virgin Islands, US Virgin Islands",
  FM: "Federated States of Micronesia",
  MH: "Marshall Islands",
  PW: "Palau",
  AA: "Armed Forces Americas",
  AE: "Armed Forces Europe",
  AP: "Armed Forces Pacific",
};

const plain = (name: string) => name.toLowerCase().replace(/[^a-z]/g, "");

const codes = new Map(
  Object.entries(names).flatMap(([code, written]) =>
    [code, ...written.split(", ")].map((name) => [plain(name), code] as const),
  ),
);

/** Returns the USPS code of a state, from its code or name in any case, with or without dots; `undefined` for other values. */
export const stateCode = (value: unknown): string | undefined =>
  typeof value === "string" && /^[\p{L}\s.,'’-]+$/u.test(value) ? codes.get(plain(value)) : undefined;

/**
 * With which digits the ZIP codes of a state begin, for the states that have codes with a leading zero.
 * @see https://pe.usps.com/text/dmm300/L002.htm
 */
export const zipPrefixes: Readonly<Record<string, readonly string[]>> = {
  CT: ["060", "061", "062", "063", "064", "065", "066", "067", "068", "069"],
  MA: [..."0123456789"]
    .flatMap((digit) => [`01${digit}`, `02${digit}`])
    .filter((prefix) => !/028|029/.test(prefix))
    .concat("055"),
  ME: ["039", ..."0123456789"].map((digit) => (digit.length === 1 ? `04${digit}` : digit)),
  NH: ["030", "031", "032", "033", "034", "035", "036", "037", "038"],
  NJ: [..."0123456789"].flatMap((digit) => [`07${digit}`, `08${digit}`]),
  PR: ["006", "007", "009"],
  RI: ["028", "029"],
  VI: ["008"],
  VT: ["050", "051", "052", "053", "054", "056", "057", "058", "059"],
  AE: ["090", "091", "092", "093", "094", "095", "096", "097", "098"],
};
