import {
  BatchGetItemCommand,
  DeleteItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import * as lib from "@aws-sdk/lib-dynamodb";

/**
 * The commands for items. They take and return values of JavaScript, like those of lib-dynamodb, and `NativeItems` converts them.
 * The SDK would build a command's chain of middleware for each request. Here it is built once, which takes 0.1 to 0.2 ms less CPU
 * time. (The SDK's option `cacheMiddleware` cannot be used with lib-dynamodb.)
 */

/** Changes when chains must be built again. */
let present = {};

/** Forgets all chains of middleware, because somebody may have added or removed some. */
export function forgetChains(): void {
  present = {};
}

/** What a chain is built of: middleware, the client's settings, and a call's own options. */
type Parts = Parameters<lib.QueryCommand["resolveMiddleware"]>;

/** Builds a client's chain the first time, and again when chains were forgotten or another client sends. */
function builtOnce<Input, Chain>(build: (input: Input, ...of: Parts) => Chain): typeof build {
  let built: { readonly at: object; readonly settings: object; readonly chain: Chain } | undefined;
  return (input, ...of) => {
    const [, settings, options] = of;
    // A chain contains the options.
    if (options) return build(input, ...of);
    if (built?.at !== present || built.settings !== settings) {
      built = { at: present, settings, chain: build(input, ...of) };
    }
    return built.chain;
  };
}

const batchGet = builtOnce((input: lib.BatchGetCommandInput, ...of: Parts) =>
  new BatchGetItemCommand(input).resolveMiddleware(...of),
);
/** Reads items by key. */
export class BatchGet extends lib.BatchGetCommand {
  override resolveMiddleware(...of: Parts) {
    const chain = batchGet(this.input, ...of);
    return async () => chain(this);
  }
}

const query = builtOnce((input: lib.QueryCommandInput, ...of: Parts) =>
  new QueryCommand(input).resolveMiddleware(...of),
);
/** Reads items of a partition, in key order. */
export class Query extends lib.QueryCommand {
  override resolveMiddleware(...of: Parts) {
    const chain = query(this.input, ...of);
    return async () => chain(this);
  }
}

const put = builtOnce((input: lib.PutCommandInput, ...of: Parts) => new PutItemCommand(input).resolveMiddleware(...of));
/** Writes an item. */
export class Put extends lib.PutCommand {
  override resolveMiddleware(...of: Parts) {
    const chain = put(this.input, ...of);
    return async () => chain(this);
  }
}

const update = builtOnce((input: lib.UpdateCommandInput, ...of: Parts) =>
  new UpdateItemCommand(input).resolveMiddleware(...of),
);
/** Changes an item. */
export class Update extends lib.UpdateCommand {
  override resolveMiddleware(...of: Parts) {
    const chain = update(this.input, ...of);
    return async () => chain(this);
  }
}

const remove = builtOnce((input: lib.DeleteCommandInput, ...of: Parts) =>
  new DeleteItemCommand(input).resolveMiddleware(...of),
);
/** Deletes an item. */
export class Delete extends lib.DeleteCommand {
  override resolveMiddleware(...of: Parts) {
    const chain = remove(this.input, ...of);
    return async () => chain(this);
  }
}

const transactWrite = builtOnce((input: lib.TransactWriteCommandInput, ...of: Parts) =>
  new TransactWriteItemsCommand(input).resolveMiddleware(...of),
);
/** Carries out several writes, or none. */
export class TransactWrite extends lib.TransactWriteCommand {
  override resolveMiddleware(...of: Parts) {
    const chain = transactWrite(this.input, ...of);
    return async () => chain(this);
  }
}
