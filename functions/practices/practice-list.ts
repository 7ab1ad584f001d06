import { byCredentials } from "../../lib/api/by-credentials.ts";
import { operation } from "../../lib/api/operation.ts";
import { ListFields, nextCursor, startOf } from "../../lib/practices/io-list.ts";
import { practiceAnswer } from "../../lib/practices/practice.ts";
import { practicePrefix } from "../../lib/table/keys.ts";
import { answerPage, queryPage } from "../../lib/table/page.ts";

const binding = (applicationId: string) => ["PracticeList", applicationId];

/** Lists the application's practices by their keys, active or not, page by page. */
export const handler = operation("PracticeList", byCredentials, {
  fields: ListFields.omit({ accountId: true }),
  page: async ({ applicationId }, { limit, cursor }) =>
    queryPage(practicePrefix(applicationId), limit, await startOf(cursor, binding(applicationId))),
  async run({ fields: { limit }, page, caller }) {
    const { records, next } = await answerPage(page, limit, practiceAnswer);
    return { practiceList: records, ...(await nextCursor(next, binding(caller.vendor.applicationId))) };
  },
});
