import { operation } from "../../lib/api/operation.ts";
import { ListFields, listedFrom, nextCursor } from "../../lib/practices/list.ts";
import { type Practice, practiceAnswer } from "../../lib/practices/practice.ts";
import { practicePrefix } from "../../lib/table/keys.ts";
import { queryPage } from "../../lib/table/page.ts";

const binding = (applicationId: string) => ["PracticeList", applicationId];

/** Lists the application's practices by their keys, active or not, page by page. */
export const handler = operation("PracticeList", {
  fields: ListFields.omit({ accountId: true }),
  page: async ({ applicationId }, { limit, cursor }) =>
    queryPage(practicePrefix(applicationId), limit, await listedFrom(cursor, binding(applicationId))),
  async run({ page, caller }) {
    const practiceList = page.items.map((item) => practiceAnswer(item as unknown as Practice));
    return { practiceList, ...(await nextCursor(page, binding(caller.vendor.applicationId))) };
  },
});
