import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  BatchWriteCommand,
  DynamoDBDocumentClient,
  QueryCommand,
  ScanCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import { afterEach, expect, it, vi } from "vitest";
import { practiceErasureIndexKey, practiceErasureKey, practiceItemPrefix } from "../../lib/table/keys.ts";
import { callAt, cleanUp, type Instance, startInstance, temporaryFolder } from "../kit/children.ts";
import { crowdedPractice, itemsOfPerson, personalMark, type StoredItem } from "../kit/crowded-practice.ts";

afterEach(cleanUp);

const auth = { applicationId: "demo", applicationPassword: "demo-application-password" };
const practice = { applicationId: "demo", accountId: "practice-1" };
/** The engine writes slowly while it records a stream, so that these are fewer than in the worker's own test. */
const people = 100;
/** Engine and workers share two cores with other tests. */
const patient = { timeout: 100_000, interval: 100 };

/** The table of an instance. */
async function tableOf({ url }: Instance) {
  const { endpoint, tableName: TableName } = (await (await fetch(`${url}/_local/engine`)).json()) as Record<
    string,
    string
  >;
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const documents = DynamoDBDocumentClient.from(
    new DynamoDBClient({ endpoint: String(endpoint), region: "us-east-1", credentials }),
  );
  const everything = async (ExclusiveStartKey?: Record<string, unknown>): Promise<StoredItem[]> => {
    const { Items = [], LastEvaluatedKey: last } = await documents.send(
      new ScanCommand({ TableName, ExclusiveStartKey }),
    );
    return [...(Items as StoredItem[]), ...(last ? await everything(last) : [])];
  };
  return {
    everything,
    async putAll(items: readonly object[]) {
      for (let start = 0; start < items.length; start += 25) {
        const requests = items.slice(start, start + 25).map((Item) => ({ PutRequest: { Item } }));
        await documents.send(new BatchWriteCommand({ RequestItems: { [String(TableName)]: requests } }));
      }
    },
    /** How many items are in the practice, its audit events aside; at most as many as one answer has room for. */
    async countInside() {
      const { pk } = practiceItemPrefix(practice);
      const counts = ["pk = :pk AND sk < :events", "pk = :pk AND sk > :events"].map(async (KeyConditionExpression) => {
        const ExpressionAttributeValues = {
          ":pk": pk,
          ":events": KeyConditionExpression.includes("<") ? "EVENT#" : "EVENT$",
        };
        const query = { TableName, KeyConditionExpression, ExpressionAttributeValues, Select: "COUNT" } as const;
        return (await documents.send(new QueryCommand(query))).Count ?? 0;
      });
      return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
    },
    /** Sets an attribute of the practice's erasure, so that time seems to have passed. */
    async setErasure(name: string, value: unknown) {
      const names = { ExpressionAttributeNames: { "#name": name }, ExpressionAttributeValues: { ":value": value } };
      const UpdateExpression = "SET #name = :value";
      await documents.send(
        new UpdateCommand({ TableName, Key: { ...practiceErasureKey(practice) }, UpdateExpression, ...names }),
      );
    },
  };
}

it("npm start, killed in the middle of an erasure of 2,200 items, goes on with it at the next start", {
  timeout: 300_000,
}, async () => {
  const environment = { FRONTDESK_DATA: temporaryFolder() };
  const first = await startInstance(environment);
  const table = await tableOf(first);
  const fields = { auth, accountId: "practice-1", name: "Practice", websiteAddress: "riverside" };
  await callAt(first.url, "PracticeCreate", fields);
  await table.putAll(crowdedPractice(practice, people));
  await callAt(first.url, "PracticeUpdate", { ...fields, active: false });
  const deleted = await callAt(first.url, "PracticeDelete", { auth, accountId: "practice-1" });
  expect(deleted).toMatchObject({ responseCode: 2000, action: "delete" });
  const items = people * itemsOfPerson.inside;
  await vi.waitUntil(async () => (await table.everything()).length < items, patient);
  await first.kill("SIGKILL");

  const second = await startInstance(environment);
  const again = await tableOf(second);
  const rest = (await again.everything()).filter((item) => JSON.stringify(item).includes(personalMark));
  expect(rest.length).toBeGreaterThan(100);
  // As if the lease of the process that was killed had ended.
  await again.setErasure("leaseUntil", Date.now() - 1);
  await vi.waitUntil(async () => (await again.countInside()) === 0, patient);
  // Nobody waits for a practice's erasure.
  expect(await callAt(second.url, "PracticeCreate", fields)).toMatchObject({ responseCode: 2000, action: "create" });
  await vi.waitUntil(
    async () => !(await again.everything()).some(({ leaseUntil }) => leaseUntil !== undefined),
    patient,
  );
  // As if the deletion was two minutes ago: the hourly worker, which also runs at each start, looks once more.
  await again.setErasure("gsi1sk", practiceErasureIndexKey(new Date(Date.now() - 120_000).toISOString()).gsi1sk);
  expect((await second.kill("SIGTERM")).stderr).toBe("");

  const third = await startInstance(environment);
  const last = await tableOf(third);
  await vi.waitUntil(async () => !(await last.everything()).some(({ type }) => type === "erasure"), patient);
  const left = await last.everything();
  expect(left.filter((item) => JSON.stringify(item).includes(personalMark))).toEqual([]);
  const types = new Set(left.map(({ type }) => type));
  types.delete("filesToDelete");
  expect([...types].sort()).toEqual(["claim", "clientKey", "deletedPractice", "event", "practice", "vendor"]);
  expect((await third.kill("SIGTERM")).stderr).toBe("");
});
