import { documents } from "../../../lib/table/client.ts";
import type { RunningInstance } from "../../../local/folder.ts";

const name = "other engine";

/** Runs `work` while this process uses the table of a running instance. */
export async function atTableOf<T>({ endpoint, tableName }: RunningInstance, work: () => Promise<T>): Promise<T> {
  const { AWS_ENDPOINT_URL_DYNAMODB: own, TABLE_NAME: ownTable } = process.env;
  Object.assign(process.env, { AWS_ENDPOINT_URL_DYNAMODB: endpoint, TABLE_NAME: tableName });
  const { hostname, port } = new URL(endpoint);
  documents.middlewareStack.add(
    (next) => (args) => {
      Object.assign(args.request as object, { hostname, port: Number(port) });
      return next(args);
    },
    { step: "finalizeRequest", name, priority: "low" },
  );
  try {
    return await work();
  } finally {
    documents.middlewareStack.remove(name);
    Object.assign(process.env, { AWS_ENDPOINT_URL_DYNAMODB: own, TABLE_NAME: ownTable });
  }
}
