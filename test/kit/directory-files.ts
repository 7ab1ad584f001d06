/**
 * Files as vendors have them: values in many forms, and a bad row here and there. The same seed makes the same file.
 */

/** A file of rows, and what is in it. */
export interface DirectoryFile {
  /** The CSV, with its header. */
  readonly csv: string;
  /** How many rows it has. */
  readonly rows: number;
  /** The rows with a fault. */
  readonly bad: readonly BadRow[];
  /** The other rows, in the form of the contract: what a read of the record answers, without blank fields. */
  readonly good: readonly Readonly<Record<string, string | boolean>>[];
}

/** A row with a fault, and where the fault is. */
export interface BadRow {
  readonly line: number;
  readonly field: string;
}

interface FileOptions {
  readonly rows: number;
  /** One row of so many is bad; none by default. */
  readonly badEach?: number;
  readonly seed?: number;
}

/** Returns a generator of numbers from 0 to below 1: mulberry32. The same seed gives the same numbers. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A cell as it is written, and what it means. */
type Cell = readonly [written: string, means: string | boolean];

const states = [
  { code: "TX", written: ["TX", "tx", "Texas", "TEXAS"], zip: "76101", city: "Fort Worth" },
  { code: "NY", written: ["NY", "N.Y.", "new york"], zip: "10001", city: "New York" },
  { code: "MA", written: ["MA", "Massachusetts"], zip: "02139", city: "Cambridge" },
  { code: "CA", written: ["CA", "California"], zip: "94110", city: "San Francisco" },
] as const;
const zones = [
  ["America/Chicago", ["America/Chicago", "Central", "CST", "US/Central"]],
  ["America/New_York", ["Eastern", "EST", "America/Detroit"]],
  ["America/Los_Angeles", ["Pacific", "PST"]],
  ["Zulu", ["UTC", "Zulu"]],
] as const;
const firstNames = ["Ada", "Grace", "Alan", "Zoë", "José", "Mei", "O’Shea", "Anne-Marie"];
const lastNames = ["Mills", "Oak", "Reed", "Núñez", "de la Cruz", "Smith, Jr.", 'Li "Lee"', "Vale"];

/** Draws values for the cells of one row. */
function drawing(random: () => number) {
  const pick = <Value>(values: readonly Value[]): Value => values[Math.floor(random() * values.length)] as Value;
  const digits = (count: number) => Array.from({ length: count }, () => Math.floor(random() * 10)).join("");
  return {
    pick,
    digits,
    phone(): Cell {
      const [area, exchange, line] = [`${pick(["2", "6", "9"])}${digits(2)}`, `5${digits(2)}`, digits(4)];
      const forms = [`(${area}) ${exchange}-${line}`, `+1 ${area}.${exchange}.${line}`, `${area}-${exchange}-${line}`];
      return [pick([...forms, `${area}${exchange}${line}`]), `${area}${exchange}${line}`];
    },
    zip(zip: string): Cell {
      const plus = digits(4);
      const short = zip.replace(/^0/, "");
      return pick<Cell>([
        [zip, zip],
        [`${zip}-${plus}`, `${zip}${plus}`],
        [short, zip],
      ]);
    },
    zone(): Cell {
      const [zone, written] = pick(zones);
      return [pick(written), zone];
    },
    flag(): Cell {
      const value = random() < 0.5;
      return [pick(value ? ["yes", "Y", "1", "TRUE"] : ["no", "N", "0", "false"]), value];
    },
    npi: (): Cell => {
      const npi = npiOf(`1${digits(8)}`);
      return [npi, npi];
    },
  };
}

type Draw = ReturnType<typeof drawing>;

/** An NPI from its first nine digits. The last digit is a Luhn check over `80840` and these. */
function npiOf(nine: string): string {
  const sum = [...`80840${nine}`].reverse().reduce((total, digit, at) => {
    const weighted = Number(digit) * (at % 2 === 0 ? 2 : 1);
    return total + (weighted > 9 ? weighted - 9 : weighted);
  }, 0);
  return `${nine}${(10 - (sum % 10)) % 10}`;
}

const practiceColumns: Readonly<Record<string, string>> = {
  accountId: "Practice ID",
  name: "Practice Name",
  address1: "Street Address",
  city: "City",
  state: "State",
  postal: "Zip Code",
  phone: "Phone Number",
  fax: "Fax",
  timeZone: "Time Zone",
  active: "Active",
  websiteAddress: "Web Address",
  practiceNpi: "NPI Number",
};

/** The key of a practice in these files. */
const practiceId = (at: number): string => `practice-${String(at).padStart(6, "0")}`;

/** A file of practices. Their keys count from `practice-000000`. */
export function practicesFile(options: FileOptions): DirectoryFile {
  return fileOf(practiceColumns, options, practiceFaults, (draw, at) => {
    const { written, code, zip, city } = draw.pick(states);
    const id = practiceId(at);
    const label = `clinic-${at}`;
    const name = `${draw.pick(["Riverside", "Lakeside", "Hillside, North"])} Clinic ${at}`;
    const street = `${1 + (at % 900)} ${draw.pick(["Main St", "Oak Ave, Suite 4"])}`;
    return {
      accountId: [id, id],
      name: [name, name],
      address1: [street, street],
      city: [city, city],
      state: [draw.pick<string>(written), code],
      postal: draw.zip(zip),
      phone: draw.phone(),
      fax: draw.pick<Cell>([draw.phone(), ["N/A", ""], ["", ""]]),
      timeZone: draw.zone(),
      active: ["yes", true],
      websiteAddress: [draw.pick([label, label.toUpperCase()]), label],
      practiceNpi: draw.npi(),
    };
  });
}

const practiceFaults: Readonly<Record<string, string>> = {
  phone: "(682) 564-1518 ext. 12",
  name: "",
  practiceNpi: "1234567890",
  state: "Texass",
  postal: "139",
  timeZone: "MST",
  active: "maybe",
  websiteAddress: "api",
};

const userColumns: Readonly<Record<string, string>> = {
  accountId: "Practice ID",
  userId: "User ID",
  firstName: "First Name",
  lastName: "Last Name",
  loginId: "Login",
  loginPasswordHash: "Password Hash",
  state: "State",
  timeZone: "Time Zone",
  provider: "Provider",
  npi: "NPI",
  providerTaxonomyCode: "Taxonomy Code",
};
/** A bcrypt hash of cost 10. */
const hash = `$2b$10$${"abcdefghijklmnopqrstuu"}${"ABCDEFGHIJKLMNOPQRSTUVWXYZ01234"}`;

/** A file of users, of the first `practices` practices in turn. Every tenth one has a login. */
export function usersFile({ practices, ...options }: FileOptions & { readonly practices: number }): DirectoryFile {
  return fileOf(userColumns, options, userFaults, (draw, at) => {
    const practice = practiceId(at % practices);
    const { written, code } = draw.pick(states);
    const [id, first, last] = [`user-${at}`, draw.pick(firstNames), draw.pick(lastNames)];
    const login = at % 10 === 0 ? `login.${at}` : "";
    return {
      accountId: [practice, practice],
      userId: [id, id],
      firstName: [first, first],
      lastName: [last, last],
      loginId: [login, login],
      // No read answers a hash.
      loginPasswordHash: [login === "" ? "" : hash, ""],
      state: [draw.pick<string>(written), code],
      timeZone: draw.zone(),
      provider: draw.flag(),
      npi: draw.npi(),
      providerTaxonomyCode: draw.pick<Cell>([
        ["101y00000x", "101Y00000X"],
        ["-", ""],
      ]),
    };
  });
}

const userFaults: Readonly<Record<string, string>> = {
  lastName: "",
  npi: "12345",
  userId: "@7",
  provider: "perhaps",
  providerTaxonomyCode: "101Y",
  state: "ZZ",
};

function fileOf(
  columns: Readonly<Record<string, string>>,
  { rows, badEach = Number.POSITIVE_INFINITY, seed = 1 }: FileOptions,
  faults: Readonly<Record<string, string>>,
  rowAt: (draw: Draw, at: number) => Readonly<Record<string, Cell>>,
): DirectoryFile {
  const draw = drawing(randomFrom(seed));
  const faultyFields = Object.keys(faults);
  const bad: BadRow[] = [];
  const good: Record<string, string | boolean>[] = [];
  const lines = [Object.values(columns).map(cellText).join(",")];
  for (let at = 0; at < rows; at += 1) {
    const row = rowAt(draw, at);
    const isBad = at % badEach === badEach - 1;
    const field = isBad ? (faultyFields[bad.length % faultyFields.length] as string) : undefined;
    if (field === undefined) good.push(meaningOf(row));
    else bad.push({ line: at + 2, field });
    lines.push(
      Object.keys(columns)
        .map((name) => cellText(name === field ? (faults[name] as string) : (row[name]?.[0] ?? "")))
        .join(","),
    );
  }
  return { csv: `${lines.join("\r\n")}\r\n`, rows, bad, good };
}

const meaningOf = (row: Readonly<Record<string, Cell>>) =>
  Object.fromEntries(
    Object.entries(row).flatMap(([field, [, means]]) => (means === "" ? [] : [[field, means] as const])),
  );

const cellText = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
