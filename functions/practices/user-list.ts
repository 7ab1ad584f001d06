import { byCredentials } from "../../lib/api/by-credentials.ts";
import { operation } from "../../lib/api/operation.ts";
import { Failure } from "../../lib/errors.ts";
import { ListFields, nextCursor, startOf } from "../../lib/practices/io-list.ts";
import { userAnswer } from "../../lib/practices/user.ts";
import { foreignCursor, type Place } from "../../lib/table/cursor.ts";
import { generationOf } from "../../lib/table/generation.ts";
import { practiceKey, practiceKeyAround, userIndexPartition, userPrefix } from "../../lib/table/keys.ts";
import { answerIndexPage, answerPage, type Page, queryIndexPage, queryPage } from "../../lib/table/page.ts";
import type { Key, Practice, Prefix, User } from "../../lib/table/records.ts";

const binding = (applicationId: string, accountId: string | undefined) => ["UserList", applicationId, accountId ?? ""];

/** Lists the users of one practice by their keys, or those of all practices in the order of their creation. */
export const handler = operation("UserList", byCredentials, {
  fields: ListFields,
  reads: ({ applicationId }, { accountId }) => ({
    practice: accountId === undefined ? undefined : practiceKey({ applicationId, accountId }),
  }),
  page: async ({ applicationId }, { accountId, limit, cursor }) => {
    const start = await startOf(cursor, binding(applicationId, accountId));
    if (accountId === undefined)
      return { ofAll: await queryIndexPage(userIndexPartition(applicationId), limit, start) };
    // Almost every practice is the first one under its key.
    const prefix = userPrefix({ applicationId, accountId });
    return { start, ofFirst: isIn(prefix, start) ? await queryPage(prefix, limit, start) : undefined };
  },
  errors: [4131],
  async run({ fields: { accountId, limit }, page, found, caller }) {
    const { records, next } = page.ofAll
      ? await answerIndexPage(page.ofAll, limit, usersOfAll)
      : await ofPractice(found.practice, page, limit);
    return { userList: records, ...(await nextCursor(next, binding(caller.vendor.applicationId, accountId))) };
  },
});

/** What was read before it was known which practice has the key now: users of the first one. */
interface ReadOfFirst {
  readonly start: Place | undefined;
  readonly ofFirst: Page<User> | undefined;
}

/** @throws Failure 4131; 4060 for a cursor of an earlier practice under the same key */
async function ofPractice(practice: Practice | undefined, { start, ofFirst }: ReadOfFirst, limit: number | undefined) {
  if (!practice) throw new Failure(4131);
  const prefix = userPrefix(practice);
  if (!isIn(prefix, start)) throw foreignCursor(4060);
  const isFirst = generationOf(practice.accountId) === 0;
  const page = isFirst && ofFirst ? ofFirst : await queryPage(prefix, limit, start);
  return answerPage(page, limit, (user) => userAnswer(user, practice.directDomain));
}

/** Whether a page of a list may start at a place. */
const isIn = ({ pk }: Prefix, start: Place | undefined) => start === undefined || start.pk === pk;

/** Users of a practice that was deleted are left out. */
const usersOfAll = {
  relatedKey: practiceKeyAround,
  isShown: ({ pk }: Key<User>, practice: Practice | undefined) =>
    practice !== undefined && userPrefix(practice).pk === pk,
  show: (user: User, practice: Practice | undefined) => userAnswer(user, practice?.directDomain),
};
