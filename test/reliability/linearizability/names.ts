import { newPerson } from "../../kit/portal.ts";
import { call, freshKey, makePractice, makeUser, makeVendor, type Response, send } from "../../kit/system.ts";
import type { Outcome } from "./checker.ts";
import { type Operation, told } from "./history.ts";
import { drawn, goodPassword, type Kind, type Making } from "./making.ts";

/** Names that one record at a time may hold: login ids, web addresses, Direct domains and addresses, e-mail addresses. */

/** The name of each holder (`""` for none), and the vendor for which a name is kept that was given up. */
interface Names {
  readonly held: Readonly<Record<string, string>>;
  readonly keptFor: Readonly<Record<string, string>>;
}

/** A record that can hold a name. */
interface Holder {
  readonly id: string;
  /** The vendor for which a name is kept after this holder gave it up; `undefined` where names are free at once. */
  readonly keepsFor?: string;
  /** Writes the record with a name; `""` clears it. */
  readonly take: (name: string) => Promise<Response>;
  /** Reads the record. */
  readonly read: () => Promise<Response>;
  /** The name in what was read; `""` for none. */
  readonly nameIn: (response: Response) => string;
}

function takes({ id, keepsFor, take }: Holder, name: string, taken: string): Operation<Names> {
  return {
    what: `${id} takes "${name}"`,
    send: () => take(name),
    may({ held, keptFor }): Outcome<Names>[] {
      const before = held[id] ?? "";
      const isTaken = Object.entries(held).some(([other, theirs]) => other !== id && theirs === name);
      const isKept = keptFor[name] !== undefined && keptFor[name] !== keepsFor;
      if (name !== "" && (isTaken || (isKept && before !== name))) return [[taken, { held, keptFor }]];
      const kept = { ...keptFor };
      if (keepsFor !== undefined && before !== name) {
        delete kept[name];
        if (before !== "") kept[before] = keepsFor;
      }
      return [["ok", { held: { ...held, [id]: name }, keptFor: kept }]];
    },
  };
}

const reads = ({ id, read, nameIn }: Holder): Operation<Names> => ({
  what: `${id} is read`,
  send: read,
  told: (response) => (told(response) === "ok" ? `"${nameIn(response)}"` : told(response)),
  may: (state): Outcome<Names>[] => [[`"${state.held[id] ?? ""}"`, state]],
});

/** Holders that take two names from each other. @param more calls that use a name */
function contest(
  making: Making,
  title: string,
  { holders, names, taken }: { holders: readonly Holder[]; names: readonly string[]; taken: string },
  more: (client: number) => Operation<Names> | undefined = () => undefined,
) {
  const { random } = making;
  const initial: Names = { held: {}, keptFor: {} };
  const [wanted = "", second = ""] = names;
  // Most want the same name, so that even a few calls meet.
  const choices = [wanted, wanted, wanted, second, ""];
  const clients = drawn({ ...making, length: making.length + 2 }, (client) => {
    const holder = random.pick(holders);
    const other = random.chance(0.2) ? more(client) : undefined;
    if (other) return other;
    return random.chance(0.3) ? reads(holder) : takes(holder, random.pick(choices), taken);
  });
  // The name is certainly given up by one holder and wanted by another one.
  const [first, last] = [holders[0] as Holder, holders.at(-1) as Holder];
  clients[0]?.unshift(takes(first, wanted, taken), takes(first, "", taken));
  clients.at(-1)?.push(takes(last, wanted, taken), reads(last));
  return { title, initial, clients };
}

const twoNames = () => [freshKey(), freshKey()];

/** A login id is unique over all practices and vendors. */
export const loginIds: Kind = async (making) => {
  const names = twoNames();
  const practices = [making.portal.practice, await makePractice({ accountId: freshKey() }), making.portal.practice];
  const users = await Promise.all(practices.map((practice) => makeUser(practice, { userId: freshKey() })));
  const holders = users.map((auth): Holder => {
    const fields = { auth, firstName: "Ada", lastName: "Mills" };
    return {
      id: auth.userId,
      take: (loginId) => call("UserUpdate", { ...fields, ...(loginId && { loginId, loginPassword: goodPassword }) }),
      read: () => call("UserGet", { auth }),
      nameIn: ({ json }) => json.user.loginId,
    };
  });
  // The fifth wrong login in a row would be a lock, which is not part of the model.
  let signIns = 0;
  const signIn = (): Operation<Names> | undefined => {
    signIns += 1;
    const loginId = names[signIns % 2] as string;
    if (signIns > 8) return undefined;
    return {
      what: `"${loginId}" signs in`,
      send: () => call("PingWithAuth", { auth: { loginId, loginPassword: goodPassword } }),
      may: (state) => [[Object.values(state.held).includes(loginId) ? "ok" : "4010", state]],
    };
  };
  return contest(making, "login ids over vendors", { holders, names, taken: "4234" }, signIn);
};

/** Two practices of a vendor, and one of another vendor. */
async function practicesOfTwoVendors() {
  const [one, other] = [await makeVendor(), await makeVendor()];
  return Promise.all([one, one, other].map((vendor) => makePractice({ accountId: freshKey() }, vendor)));
}

/** A web address is unique over vendors, and kept for its vendor after it was given up. */
export const webAddresses: Kind = async (making) => {
  const names = twoNames();
  const practices = await practicesOfTwoVendors();
  const holders = practices.map(
    (auth): Holder => ({
      id: `${auth.accountId} of ${auth.applicationId}`,
      keepsFor: auth.applicationId,
      take: (websiteAddress) => call("PracticeUpdate", { auth, name: auth.accountId, websiteAddress }),
      read: () => call("PracticeGet", { auth }),
      nameIn: ({ json }) => json.practice.websiteAddress,
    }),
  );
  const visit = (): Operation<Names> => {
    const org = making.random.pick(names);
    return {
      what: `"${org}" is visited`,
      send: () => send("GET", `/${org}/v2/`),
      told: (response) => (response.json.object === "org" ? response.json.name : told(response)),
      may(state) {
        const [id] = Object.entries(state.held).find(([, name]) => name === org) ?? [];
        return [[id?.replace(/ of .*$/, "") ?? "kNotFound", state]];
      },
    };
  };
  return contest(making, "web addresses over vendors", { holders, names, taken: "4140" }, visit);
};

const directRoot = ".direct.example.com";

/** A Direct domain is unique over vendors, and kept for its vendor after it was given up. */
export const directDomains: Kind = async (making) => {
  const holders = (await practicesOfTwoVendors()).map(
    (auth): Holder => ({
      id: `${auth.accountId} of ${auth.applicationId}`,
      keepsFor: auth.applicationId,
      take: (directDomain) => call("PracticeSave", { auth, name: "Practice", directDomain }),
      read: () => call("PracticeGet", { auth }),
      nameIn: ({ json }) => (json.practice.directDomain ?? "").replace(directRoot, ""),
    }),
  );
  return contest(making, "Direct domains over vendors", { holders, names: twoNames(), taken: "4150" });
};

/** A Direct address belongs to a practice or one of its users. */
export const directAddresses: Kind = async (making) => {
  const directDomain = freshKey();
  const auth = await makePractice({ accountId: freshKey(), directDomain }, making.portal.practice);
  const users = await Promise.all([1, 2, 3].map((place) => makeUser(auth, { userId: `user-${place}` })));
  const localPart = (address: string | null) => (address ?? "").replace(/@.*$/, "");
  const practice: Holder = {
    id: "the practice",
    take: (directAddress) => call("PracticeUpdate", { auth, name: "Practice", directDomain, directAddress }),
    read: () => call("PracticeGet", { auth }),
    nameIn: ({ json }) => localPart(json.practice.directAddress),
  };
  const holders = users.map(
    (user): Holder => ({
      id: user.userId,
      take: (directAddress) => call("UserSave", { auth: user, firstName: "Ada", lastName: "Mills", directAddress }),
      read: () => call("UserGet", { auth: user }),
      nameIn: ({ json }) => localPart(json.user.directAddress),
    }),
  );
  const wanted = { holders: [practice, ...holders], names: twoNames(), taken: "4610" };
  return contest(making, "Direct addresses of a practice and its users", wanted);
};

/** The account that has an e-mail address: its id, `""` for none, or `"?"` after a registration without an answer. */
type Registered = string;

const isId = (text: string) => /^[0-9a-f]{24}$/.test(text);
const isOwner = (owner: Registered, id: string) => owner === id || (owner === "?" && isId(id));
const idOrFault = (response: Response) => (told(response) === "ok" ? response.json._id : told(response));

/** An e-mail address has one account in a portal, and is free when the account was erased. */
export const emailAddresses: Kind = async (making) => {
  const { random, portal } = making;
  const person = newPerson({ password: goodPassword });
  const register: Operation<Registered> = {
    what: "register",
    send: () => portal.visitor().post("accounts/register", person),
    told: idOrFault,
    may(owner, answer = "?") {
      if (owner !== "") return [["kExists", owner]];
      return answer === "?" || isId(answer) ? [[answer, answer]] : [];
    },
  };
  const login: Operation<Registered> = {
    what: "login",
    send: () => portal.visitor().post("accounts/login", { email: person.email, password: goodPassword }),
    told: idOrFault,
    may(owner, answer = "") {
      if (owner === "") return [["kInvalidCredentials", owner]];
      return isOwner(owner, answer) ? [[answer, answer]] : [];
    },
  };
  const erase = (seen: { id: string }): Operation<Registered> => ({
    what: "erase the account that this client saw last",
    send: () => portal.administrator.delete(`accounts/${seen.id}`),
    told: (response) => `${seen.id} ${told(response)}`,
    may(owner, answer) {
      // Without an answer it may have erased whatever account there is.
      if (answer === undefined) return [["", ""]];
      const [id = ""] = answer.split(" ");
      const refused: Outcome<Registered> = [`${id} kNotFound`, owner];
      if (owner === "" || !isOwner(owner, id)) return [refused];
      return owner === "?" ? [[`${id} ok`, ""], refused] : [[`${id} ok`, ""]];
    },
  });
  const clients = Array.from({ length: making.clients }, () => {
    const seen = { id: "0".repeat(24) };
    const noting = (operation: Operation<Registered>): Operation<Registered> => ({
      ...operation,
      async send() {
        const response = await operation.send();
        if (told(response) === "ok") seen.id = response.json._id;
        return response;
      },
    });
    const all = [noting(register), noting(register), noting(login), erase(seen)];
    return Array.from({ length: making.length }, () => random.pick(all));
  });
  return { title: "e-mail addresses of a portal", initial: "", clients };
};
