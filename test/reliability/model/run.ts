import fc from "fast-check";
import { vi } from "vitest";
import { logger } from "../../../lib/api/log.ts";
import { expectAgreement } from "../../kit/agreement.ts";
import { startWorld, switchStreamOn } from "../../kit/engine.ts";
import { finishAll } from "../../kit/erasures.ts";
import { openPortal, type TestPortal } from "../../kit/portal.ts";
import { throughProxy } from "../../kit/proxy.ts";
import { allItems, type Item } from "../../kit/system.ts";
import { expectEvents, expectGone, expectMessages, expectOneOwner, expectPictures } from "./aftermath.ts";
import { type Definition, type Picks, steadyCommand } from "./command.ts";
import { definitions } from "./definitions.ts";
import { Weather } from "./faults.ts";
import { Lane, type Model } from "./lane.ts";
import { Ledger, Violation } from "./ledger.ts";
import { Workers } from "./workers.ts";

/** One run: clients that do their commands at the same time, while the table fails now and then. */
export interface Run {
  /** Decides which faults happen. */
  readonly faultSeed: number;
  /** What each client does. */
  readonly lists: readonly (readonly fc.AsyncCommand<Model, Lane>[])[];
  /** How many practices the clients share. */
  readonly houses: number;
}

/** What a run did. */
export interface Done {
  readonly ledger: Ledger;
  readonly faults: ReadonlyMap<string, number>;
  readonly stream: Workers["counts"];
  readonly events: number;
  readonly messages: number;
}

const requestIds = (items: readonly Item[]) =>
  new Set(items.flatMap(({ requestId }) => (typeof requestId === "string" ? [requestId] : [])));

async function openHouses(count: number): Promise<TestPortal[]> {
  const portals: TestPortal[] = [];
  for (let house = 0; house < count; house++) portals.push(await openPortal({}, { directDomain: `house-${house}` }));
  return portals;
}

/**
 * The log's words for a 500 that says nothing about what was written (contract practices §1). It is answered when the table
 * did not answer for seconds, which happens on a machine with too much else to do.
 */
const undecided = "the table does not say what became of it";

/** The log's words for a message that may be sent once more: it was sent, and the table did not take note. */
const unmarked = "message sent but not marked";

/**
 * Runs clients, lets the workers finish, and compares everything with the models.
 * @returns what was done; `undefined` when the run was given up, because nobody knows what a call has written
 * @throws Violation
 */
export async function runClients({ faultSeed, lists, houses }: Run): Promise<Done | undefined> {
  await startWorld();
  await switchStreamOn();
  const [weather, ledger, workers] = [new Weather(faultSeed), new Ledger(), new Workers()];
  const errors = vi.spyOn(logger, "error");
  try {
    await workers.begin();
    const portals = await openHouses(houses);
    const lanes = lists.map((_, place) => {
      const portal = portals[place % houses] as TestPortal;
      return new Lane(place, { portal, ledger, workers, weather });
    });
    const before = requestIds(await allItems());
    return await throughProxy(weather.treat, async () => {
      weather.isFair = false;
      const ends = await Promise.allSettled(
        lanes.map((lane, place) => fc.asyncModelRun(() => ({ model: lane.model, real: lane }), lists[place] ?? [])),
      );
      weather.isFair = true;
      await weather.settle();
      for (const end of ends) if (end.status === "rejected") throw end.reason;
      await finishWork(lanes, workers);
      for (const lane of lanes) await readBack(lane);
      const items = await allItems();
      const events = expectEvents(ledger, items, lanes, before);
      expectMessages(ledger.messages, workers.sent());
      expectGone(lanes, items);
      expectOneOwner(lanes);
      expectPictures(lanes, workers.objects());
      await expectAgreement();
      return { ledger, faults: weather.counts, stream: workers.counts, events, messages: workers.sent().length };
    });
  } catch (error) {
    const { message } = error as Error;
    const logged = errors.mock.calls.filter(([, entry]) => message.includes(String(entry?.requestId)));
    if (JSON.stringify(logged).includes(undecided)) return undefined;
    const ofWorkers = errors.mock.calls.filter(([line]) => line === unmarked);
    const told = [message, ...[...logged, ...ofWorkers].map((each) => JSON.stringify(each)), "The last calls were:"];
    throw new Violation([...told, ...ledger.history.slice(-40)].join("\n"), { cause: error });
  } finally {
    errors.mockRestore();
    vi.useRealTimers();
    workers.stop();
  }
}

/** The leases of workers that have lost the answer of the table are over then. */
const leasesOverMs = 61_000;

/** Lets the workers do what is left. */
async function finishWork(lanes: readonly Lane[], workers: Workers): Promise<void> {
  await workers.rest();
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + leasesOverMs });
  for (const { model } of lanes) {
    for (const { image } of model.people) {
      if (!image || image.isReady) continue;
      await workers.processImage(image.uploadId);
      image.isReady = true;
    }
  }
  await workers.finish();
  await workers.eraseOverdue();
  await workers.finish();
  await finishAll();
  await workers.finish();
  for (const { model } of lanes) model.ending.clear();
  if (workers.givenUp.length > 0) throw new Error(workers.givenUp.join("\n"));
}

const byId = (id: Definition["id"]): Definition => definitions.find((each) => each.id === id) as Definition;
const threes: readonly Picks[] = [0, 1, 2].map((pick) => [pick, pick, pick]);

/** Reads all that a client has made, without faults, and compares it with the model. */
async function readBack(lane: Lane): Promise<void> {
  lane.isPatient = true;
  const read = (id: Definition["id"], ...picks: Picks) => steadyCommand(byId(id), picks).run(lane.model, lane);
  for (const [pick] of threes) {
    await read("PracticeGet", pick, 0, 0);
    await read("PracticeProfileGet", pick, 0, 0);
    await read("OrganizationListByTherapist", pick, 0, 0);
    // In the house, and in a practice of the client.
    await read("UserGet", 1, pick, 0);
    await read("UserGet", 4 * pick, pick, 0);
  }
  for (const id of [
    "PracticeList",
    "UserList",
    "OrganizationList",
    "PracticeProfileList",
    "PortalSettingsGet",
  ] as const)
    await read(id, 0, 0, 0);
  for (const id of ["SettingsGet", "AccountList", "ConnectionList", "EventList"] as const) await read(id, 0, 0, 0);
  for (const [place, person] of lane.model.people.entries()) {
    // By the application: `isHolder` of `actingFor` is false.
    await read("AccountGet", place, 0, 0);
    await read("AccountGetImage", place, 0, 0);
    await read("AccountEventList", place, 0, 0);
    if (person.sessions.size === 0) continue;
    const holders = lane.model.people.filter(({ sessions }) => sessions.size > 0);
    await read("SessionList", holders.indexOf(person), 0, 0);
    await read("DeviceList", holders.indexOf(person), 0, 0);
  }
  await readSessions(lane);
}

/** Asks in every browser whether somebody is signed in there. */
async function readSessions(lane: Lane): Promise<void> {
  const { people, signedOut } = lane.model;
  const live = new Set(people.flatMap(({ sessions }) => [...sessions]));
  for (const client of new Set([...live, ...signedOut])) {
    const response = await lane.call("AccountStatus", {}, () => client.get("accounts/status"));
    lane.expectSame("AccountStatus", response?.json.loggedin, live.has(client));
  }
}
