import { byCredentials } from "../../lib/api/by-credentials.ts";
import { operation } from "../../lib/api/operation.ts";
import { Failure } from "../../lib/errors.ts";
import { ListFields, nextCursor, startOf } from "../../lib/practices/io-list.ts";
import { userAnswer } from "../../lib/practices/user.ts";
import { practiceKey, practiceKeyAround, userIndexPartition, userPrefix } from "../../lib/table/keys.ts";
import { answerIndexPage, answerPage, queryIndexPage, queryPage } from "../../lib/table/page.ts";
import type { Practice, User } from "../../lib/table/records.ts";

const binding = (applicationId: string, accountId: string | undefined) => ["UserList", applicationId, accountId ?? ""];

/** Lists the users of one practice by their keys, or those of all practices in the order of their creation. */
export const handler = operation("UserList", byCredentials, {
  fields: ListFields,
  reads: ({ applicationId }, { accountId }) => ({
    practice: accountId === undefined ? undefined : practiceKey({ applicationId, accountId }),
  }),
  page: async ({ applicationId }, { accountId, limit, cursor }) => {
    const start = await startOf(cursor, binding(applicationId, accountId));
    return accountId === undefined
      ? { ofAll: await queryIndexPage(userIndexPartition(applicationId), limit, start) }
      : { ofPractice: await queryPage(userPrefix({ applicationId, accountId }), limit, start) };
  },
  errors: [4131],
  async run({ fields: { accountId, limit }, page, found, caller }) {
    if (accountId !== undefined && !found.practice) throw new Failure(4131);
    const show = (user: User, practice: Practice | undefined) => userAnswer(user, practice?.directDomain);
    const { records, next } = page.ofAll
      ? await answerIndexPage(page.ofAll, limit, practiceKeyAround, show)
      : await answerPage(page.ofPractice, limit, (user) => show(user, found.practice));
    return { userList: records, ...(await nextCursor(next, binding(caller.vendor.applicationId, accountId))) };
  },
});
