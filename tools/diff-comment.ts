import { readFileSync } from "node:fs";
import * as z from "zod";
import { Complaint, orComplain } from "./complaint.ts";

/**
 * Writes what `cdk diff` printed for an environment as a comment on a pull request, or replaces the comment of an earlier run.
 * The workflow `diff.yml` runs it, with the name of the environment and the file.
 */

/** What GitHub and the workflow set. */
const Environment = z.object({
  COMMIT: z.string(),
  GITHUB_API_URL: z.url(),
  GITHUB_REPOSITORY: z.string().regex(/^[\w.-]+\/[\w.-]+$/),
  GITHUB_RUN_ID: z.string(),
  GITHUB_SERVER_URL: z.url(),
  GITHUB_TOKEN: z.string().min(1),
  PULL_REQUEST: z.string().regex(/^\d+$/),
});
type Environment = z.output<typeof Environment>;

/** A comment, as far as it matters here. */
const Comments = z.array(
  z.object({ id: z.number(), body: z.string().nullish(), user: z.object({ type: z.string() }).nullish() }),
);

/** GitHub accepts 65,536 characters. */
const charactersMax = 60_000;
const perPage = 100;

await orComplain(async () => {
  const [environment, file] = process.argv.slice(2);
  if (!environment || !file) throw new Complaint("Usage: tools/diff-comment.ts ENVIRONMENT FILE");
  const { data: github, error } = Environment.safeParse(process.env);
  if (!github) throw new Complaint(`This is for a workflow of GitHub: ${error.issues[0]?.path.join(".")} is wrong`);
  const body = comment(environment, readFileSync(file, "utf8"), github);
  const id = await findComment(github, marker(environment));
  const { PULL_REQUEST: number } = github;
  await (id === undefined
    ? call(github, "POST", `issues/${number}/comments`, { body })
    : call(github, "PATCH", `issues/comments/${id}`, { body }));
  console.log(id === undefined ? "Written: a new comment" : `Written: comment ${id}`);
});

/** The first line of a comment, by which the next run finds it. Readers do not see it. */
function marker(environment: string): string {
  return `<!-- frontdesk: cdk diff of ${environment} -->`;
}

function comment(environment: string, printed: string, github: Environment): string {
  const run = `${github.GITHUB_SERVER_URL}/${github.GITHUB_REPOSITORY}/actions/runs/${github.GITHUB_RUN_ID}`;
  const text = printed.trim();
  const shown = text.length > charactersMax ? `${text.slice(0, charactersMax)}\n…` : text;
  const last = (text.split("\n").at(-1) ?? "").slice(0, 200);
  return [
    marker(environment),
    `**${environment}**: ${last.replaceAll(/[^\w :.,'-]/g, "").trim() || "nothing was printed"} ([run](${run}), ${github.COMMIT})`,
    "",
    "<details><summary>cdk diff</summary>",
    "",
    // Longer than any that a template would contain.
    "``````````diff",
    shown.replaceAll("``````````", ""),
    "``````````",
    ...(shown === text ? [] : ["", `The whole output has ${text.length} characters. It is in the log of the run.`]),
    "",
    "</details>",
  ].join("\n");
}

/** The id of the comment that an earlier run wrote, if there is one. */
async function findComment(github: Environment, start: string): Promise<number | undefined> {
  for (let page = 1; ; page++) {
    const path = `issues/${github.PULL_REQUEST}/comments?per_page=${perPage}&page=${page}`;
    const comments = Comments.parse(await call(github, "GET", path));
    // Somebody who quotes a comment does not own it: only bots write with the workflow's token.
    const found = comments.find(({ body, user }) => user?.type === "Bot" && body?.startsWith(start));
    if (found || comments.length < perPage) return found?.id;
  }
}

/** @throws Complaint when GitHub refuses */
async function call(github: Environment, method: string, path: string, body?: object): Promise<unknown> {
  const response = await fetch(`${github.GITHUB_API_URL}/repos/${github.GITHUB_REPOSITORY}/${path}`, {
    method,
    headers: {
      accept: "application/vnd.github+json",
      authorization: `Bearer ${github.GITHUB_TOKEN}`,
      "x-github-api-version": "2022-11-28",
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Complaint(`GitHub answers ${response.status} to ${method} ${path}`);
  return response.json();
}
