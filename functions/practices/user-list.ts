import { operation } from "../../lib/api/operation.ts";
import { Failure } from "../../lib/errors.ts";
import { ListFields, listedFrom, nextCursor } from "../../lib/practices/list.ts";
import type { Practice } from "../../lib/practices/practice.ts";
import { type User, userAnswer } from "../../lib/practices/user.ts";
import { practiceKey, practiceKeyAround, userIndexPartition, userPrefix } from "../../lib/table/keys.ts";
import { queryIndexPage, queryPage, readIndexed } from "../../lib/table/page.ts";

const binding = (applicationId: string, accountId: string | undefined) => ["UserList", applicationId, accountId ?? ""];

/** Lists the users of one practice by their keys, or those of all practices in the order of their creation. */
export const handler = operation("UserList", {
  fields: ListFields,
  reads: ({ applicationId }, { accountId }) => ({
    practice: accountId === undefined ? undefined : practiceKey({ applicationId, accountId }),
  }),
  page: async ({ applicationId }, { accountId, limit, cursor }) => {
    const start = await listedFrom(cursor, binding(applicationId, accountId));
    return accountId === undefined
      ? queryIndexPage(userIndexPartition(applicationId), limit, start)
      : queryPage(userPrefix({ applicationId, accountId }), limit, start);
  },
  errors: [4131],
  async run({ fields: { accountId }, page, found, caller }) {
    if (accountId !== undefined && !found.practice) throw new Failure(4131);
    const listed =
      accountId === undefined
        ? await readIndexed(page, practiceKeyAround)
        : { ...page, items: page.items.map((item) => ({ item, related: found.practice })) };
    return {
      userList: listed.items.map(({ item, related }) =>
        userAnswer(item as unknown as User, (related as Practice | undefined)?.directDomain),
      ),
      ...(await nextCursor(listed, binding(caller.vendor.applicationId, accountId))),
    };
  },
});
