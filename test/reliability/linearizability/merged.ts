import {
  get,
  headersOf,
  organizationsPath,
  profilePath,
  saveOrganization,
  saveProfile,
} from "../../functions/therapists/therapists-contract.ts";
import { call, expectOk, freshKey, makePractice, type Response, send } from "../../kit/system.ts";
import type { Outcome } from "./checker.ts";
import { type Operation, told } from "./history.ts";
import { drawn, type Kind } from "./making.ts";

/** Writes of some fields of a record, and writes that are repeated under an `Idempotency-Key`. */

/** Fields by name. */
type Fields = Readonly<Record<string, unknown>>;

/** A write of some fields, and a read of all. */
function fieldsOf(
  write: (fields: Fields) => Promise<Response>,
  read: () => Promise<Response>,
  names: readonly string[],
) {
  const inWords = (fields: Fields) => names.map((name) => `${name} ${fields[name]}`).join(", ");
  const writes = (fields: Fields): Operation<Fields> => ({
    what: `write ${JSON.stringify(fields)}`,
    send: () => write(fields),
    may: (before) => [["ok", { ...before, ...fields }]],
  });
  const reads: Operation<Fields> = {
    what: "read",
    send: read,
    told({ json }) {
      return inWords(json.portalSettings ?? json.find?.(({ id }: { id: number }) => id === 1) ?? json);
    },
    may: (fields) => [[inWords(fields), fields]],
  };
  return { writes, reads };
}

/** Simultaneous updates of an organization's name and therapist. */
export const organizationFields: Kind = async (making) => {
  const auth = await makePractice({ accountId: freshKey() }, making.portal.practice);
  await saveOrganization(auth, { name: "Org 0", therapist_user_id: 0 });
  const names = ["name", "therapist_user_id"];
  const { writes, reads } = fieldsOf(
    (fields) => saveOrganization(auth, { id: 1, ...fields }),
    () => get(auth, organizationsPath),
    names,
  );
  let count = 0;
  const clients = drawn(making, (client) => {
    count += 1;
    if (making.random.chance(0.4)) return reads;
    return writes(client % 2 ? { name: `Org ${count}` } : { therapist_user_id: count });
  });
  return { title: "fields of an organization", initial: { name: "Org 0", therapist_user_id: 0 }, clients };
};

/** Simultaneous changes of a portal's settings. */
export const settingsFields: Kind = async (making) => {
  const auth = await makePractice({ accountId: freshKey() }, making.portal.practice);
  const initial = { lockMinutes: 15, sessionHours: 12 };
  await expectOk(call("PortalSettingsSave", { auth, ...initial }));
  const { writes, reads } = fieldsOf(
    (fields) => call("PortalSettingsSave", { auth, ...fields }),
    () => call("PortalSettingsGet", { auth }),
    Object.keys(initial),
  );
  let count = 0;
  const clients = drawn(making, (client) => {
    count = (count % 100) + 1;
    if (making.random.chance(0.4)) return reads;
    return writes(client % 2 ? { lockMinutes: count } : { sessionHours: count });
  });
  return { title: "settings of a portal", initial, clients };
};

/** A therapist's profile is written as a whole: its four sections are always of the same write. */
export const profiles: Kind = async (making) => {
  const userId = freshKey();
  const auth = making.portal.practice;
  const write = (value: number): Operation<number> => ({
    what: `write ${value}`,
    send: () => {
      const text = String(value);
      const address = [{ city: text }];
      return saveProfile(auth, { userId, role: text, lastName: text, image: "me.jpg", address, orgid: value });
    },
    may: () => [["ok", value]],
  });
  const read: Operation<number> = {
    what: "read",
    send: () => get(auth, `${profilePath}${userId}/`),
    told(response) {
      const { role, lastName, address, orgid } = response.json;
      return told(response) === "ok" ? [role, lastName, address[0].city, orgid].join() : told(response);
    },
    may: (value) => [[value === 0 ? "404" : [value, value, value, value].join(), value]],
  };
  let count = 0;
  const clients = drawn(making, () => {
    count += 1;
    return making.random.chance(0.5) ? read : write(count);
  });
  return { title: "sections of a therapist's profile", initial: 0, clients };
};

/** The ids of all organizations, ascending, and which id each key has made. */
interface Made {
  readonly ids: readonly number[];
  readonly byKey: Readonly<Record<string, number>>;
}

/** A key creates one organization, whose id every repetition answers; each creation has an id of its own. */
export const idempotencyKeys: Kind = async (making) => {
  const { random, portal } = making;
  const auth = await makePractice({ accountId: freshKey() }, portal.practice);
  const create = (key?: string): Operation<Made> => ({
    what: `create ${key ?? "without a key"}`,
    send: () =>
      send("POST", organizationsPath, {
        headers: { ...headersOf(auth), ...(key && { "idempotency-key": key }) },
        body: { name: "Organization" },
      }),
    told: (response) => (told(response) === "ok" ? `id ${response.json.id}` : told(response)),
    may(state, answer): Outcome<Made>[] {
      const known = key === undefined ? undefined : state.byKey[key];
      if (known !== undefined) return [[`id ${known}`, state]];
      const last = state.ids.at(-1) ?? 0;
      const possible = answer === undefined ? [last + 1, last + 2, last + 3] : [Number(answer.replace("id ", ""))];
      return possible
        .filter((id) => id > 0 && !state.ids.includes(id))
        .map((id) => {
          const ids = [...state.ids, id].sort((one, other) => one - other);
          return [`id ${id}`, { ids, byKey: key === undefined ? state.byKey : { ...state.byKey, [key]: id } }];
        });
    },
  });
  const list: Operation<Made> = {
    what: "list",
    send: () => get(auth, organizationsPath),
    told: ({ status, json }) => (status === 204 ? "" : json.map(({ id }: { id: number }) => id).join()),
    may: (state) => [[state.ids.join(), state]],
  };
  const keys = [freshKey(), freshKey()];
  const clients = drawn(making, () =>
    random.pick([create(random.pick(keys)), create(random.pick(keys)), create(), list]),
  );
  const initial: Made = { ids: [], byKey: {} };
  return { title: "organizations created under an Idempotency-Key", initial, clients };
};
