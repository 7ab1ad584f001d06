import type { RunningInstance } from "../../../local/folder.ts";
import { whileRequestsGoTo } from "../../kit/proxy.ts";

/** Runs `work` while this process uses the table of a running instance. */
export async function atTableOf<T>({ endpoint, tableName }: RunningInstance, work: () => Promise<T>): Promise<T> {
  const { AWS_ENDPOINT_URL_DYNAMODB: own, TABLE_NAME: ownTable } = process.env;
  Object.assign(process.env, { AWS_ENDPOINT_URL_DYNAMODB: endpoint, TABLE_NAME: tableName });
  const { hostname, port } = new URL(endpoint);
  try {
    return await whileRequestsGoTo({ hostname, port: Number(port) }, work);
  } finally {
    Object.assign(process.env, { AWS_ENDPOINT_URL_DYNAMODB: own, TABLE_NAME: ownTable });
  }
}
