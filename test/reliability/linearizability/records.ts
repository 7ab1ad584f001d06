import { call, freshKey, makePractice, type Response } from "../../kit/system.ts";
import type { Outcome } from "./checker.ts";
import { type Operation, told } from "./history.ts";
import { drawn, type Kind, type Making } from "./making.ts";

/** Practices and users under their callers' keys: create, save, update, delete and get (contract practices §6). */

/** A record, or none. */
interface Stored {
  readonly city: string;
  readonly active: boolean;
}
type State = Stored | null;

/** Codes of the refusals, and whether an active record may be deleted. */
const ofPractices = { taken: "4130", unknown: "4131", stillActive: "4135" } as const;
const ofUsers = { taken: "4230", unknown: "4231", stillActive: undefined } as const;
type Codes = typeof ofPractices | typeof ofUsers;

const action = (response: Response) => (told(response) === "ok" ? response.json.action : told(response));

/** The operations on one record. @param send calls `PracticeCreate` or `UserCreate` with the record's key */
function operationsOn(
  codes: Codes,
  send: (verb: string, fields?: object) => Promise<Response>,
  get: () => Promise<Response>,
) {
  const write = (verb: "Create" | "Update" | "Save", city: string, active?: boolean): Operation<State> => ({
    what: `${verb} ${city} ${active ?? ""}`,
    send: () => send(verb, { city, ...(active !== undefined && { active }) }),
    told: action,
    may(before): Outcome<State>[] {
      if (before === null && verb === "Update") return [[codes.unknown, null]];
      if (before !== null && verb === "Create") return [[codes.taken, before]];
      return [[before === null ? "create" : "update", { city, active: active ?? before?.active ?? true }]];
    },
  });
  const remove: Operation<State> = {
    what: "Delete",
    send: () => send("Delete"),
    told: action,
    may(before): Outcome<State>[] {
      if (before === null) return [[codes.unknown, null]];
      return before.active && codes.stillActive ? [[codes.stillActive, before]] : [["delete", null]];
    },
  };
  const read: Operation<State> = {
    what: "Get",
    send: get,
    told(response) {
      const { practice, user } = response.json;
      const { city, active } = practice ?? user ?? {};
      return told(response) === "ok" ? `${city} ${active}` : told(response);
    },
    may: (before): Outcome<State>[] => [
      before === null ? [codes.unknown, null] : [`${before.city} ${before.active}`, before],
    ],
  };
  return { write, remove, read };
}

function drawnFrom({ write, remove, read }: ReturnType<typeof operationsOn>, making: Making): Operation<State>[][] {
  const { random } = making;
  let cities = 0;
  return drawn(making, () => {
    cities += 1;
    const city = `City ${cities}`;
    const changes = [write("Create", city), write("Save", city), write("Update", city), write("Update", city, false)];
    return random.pick([...changes, write("Save", city, false), remove, remove, read, read]);
  });
}

/** A practice under its vendor's key. */
export const practices: Kind = async (making) => {
  const { applicationId, applicationPassword } = making.portal.practice;
  const auth = { applicationId, applicationPassword };
  const accountId = freshKey();
  const operations = operationsOn(
    ofPractices,
    (verb, fields) => call(`Practice${verb}` as "PracticeSave", { auth, accountId, name: "Practice", ...fields }),
    () => call("PracticeGet", { auth, accountId }),
  );
  return { title: "practices by accountId", initial: null, clients: drawnFrom(operations, making) };
};

/** A user under their practice's key. */
export const users: Kind = async (making) => {
  const auth = making.portal.practice;
  const userId = freshKey();
  const names = { firstName: "Ada", lastName: "Mills" };
  const operations = operationsOn(
    ofUsers,
    (verb, fields) => call(`User${verb}` as "UserSave", { auth, userId, ...names, ...fields }),
    () => call("UserGet", { auth, userId }),
  );
  return { title: "users by userId", initial: null, clients: drawnFrom(operations, making) };
};

/** A practice that is deleted and created again, and whether a user is in it. */
interface Nest {
  readonly practice: "none" | "active" | "inactive";
  readonly hasUser: boolean;
}

/** Nobody finds a user of the practice that was deleted before in the one that was created after it. */
export const practicesCreatedAgain: Kind = async (making) => {
  const { random, portal } = making;
  const auth = await makePractice({ accountId: freshKey() }, portal.practice);
  const name = "Practice";
  const asks = (what: string, send: () => Promise<Response>, may: (state: Nest) => Outcome<Nest>) => {
    const operation: Operation<Nest> = { what, send, may: (state) => [may(state)] };
    return operation;
  };
  const create = asks(
    "PracticeCreate",
    () => call("PracticeCreate", { auth, name }),
    (state) => (state.practice === "none" ? ["ok", { practice: "active", hasUser: false }] : ["4130", state]),
  );
  const setActive = (active: boolean) =>
    asks(
      `PracticeUpdate active ${active}`,
      () => call("PracticeUpdate", { auth, name, active }),
      (state) =>
        state.practice === "none" ? ["4131", state] : ["ok", { ...state, practice: active ? "active" : "inactive" }],
    );
  const remove = asks(
    "PracticeDelete",
    () => call("PracticeDelete", { auth }),
    ({ practice, hasUser }) => {
      if (practice === "inactive") return ["ok", { practice: "none", hasUser: false }];
      return [practice === "none" ? "4131" : "4135", { practice, hasUser }];
    },
  );
  const user = { auth, userId: "only", firstName: "Ada", lastName: "Mills" };
  const addUser = asks(
    "UserCreate",
    () => call("UserCreate", user),
    (state) => {
      if (state.practice !== "active") return ["4011", state];
      return state.hasUser ? ["4230", state] : ["ok", { ...state, hasUser: true }];
    },
  );
  const readUser = asks(
    "UserGet",
    () => call("UserGet", user),
    (state) => [state.practice !== "active" ? "4011" : state.hasUser ? "ok" : "4231", state],
  );
  const all = [create, create, setActive(false), setActive(false), setActive(true), remove, remove, addUser, readUser];
  const initial: Nest = { practice: "active", hasUser: false };
  return {
    title: "users of a practice that is deleted and created again",
    initial,
    clients: drawn(making, () => random.pick([...all, addUser, readUser])),
  };
};
