import { execFileSync } from "node:child_process";
import { type Package, readLockfile, root } from "./lockfiles.ts";

/** The software bill of materials (SBOM): every package that is shipped, in the form of CycloneDX 1.5. */

/** A package in the bill. */
interface Component {
  readonly name: string;
  readonly version: string;
  readonly purl?: string;
  readonly licenses?: readonly unknown[];
  readonly properties?: readonly { readonly name: string; readonly value: string }[];
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
}

/** A bill, as far as it is used. */
export interface Bill {
  readonly bomFormat: string;
  readonly specVersion: string;
  readonly metadata: { readonly component: { name: string } };
  readonly components: readonly Component[];
  readonly dependencies?: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[];
}

const keyOf = ({ name, version }: Pick<Package, "name" | "version">) => `${name}@${version}`;

/** The packages that are shipped: in functions, with their binaries for Lambda, and on pages. */
export const shippedPackages = (): readonly Package[] =>
  [".", "cdk/native"].flatMap((folder) => readLockfile(folder).packages).filter(({ isShipped }) => isShipped);

/** What npm says about all packages of the root's lockfile, which also has those of `cdk/native`. Works without a network. */
function npmBill(): Bill {
  const args = ["sbom", "--sbom-format", "cyclonedx", "--package-lock-only"];
  const printed = execFileSync("npm", args, {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 1 << 28,
    stdio: ["ignore", "pipe", "pipe"],
  });
  return JSON.parse(printed);
}

/**
 * Makes the bill. npm writes it from the lockfile; packages that only tools and tests need are taken out. React and what else
 * pages bundle are development dependencies, but they are shipped, so that they are in the bill.
 */
export function makeBill(): Bill {
  const shipped = new Map(shippedPackages().map((each) => [keyOf(each), each]));
  const whole = npmBill();
  const components = whole.components.flatMap((each) => {
    const locked = shipped.get(keyOf(each));
    return locked ? [asShipped(each, locked)] : [];
  });
  const dependencies = (whole.dependencies ?? []).filter(({ ref }) => shipped.has(ref));
  const { component } = whole.metadata;
  return {
    ...whole,
    metadata: { ...whole.metadata, component: { ...component, name: "frontdesk" } },
    components,
    dependencies: dependencies.map(({ ref, dependsOn = [] }) => ({
      ref,
      dependsOn: dependsOn.filter((each) => shipped.has(each)),
    })),
  };
}

/**
 * A component as it is shipped. npm lists a package of one version once. Where a tool brings the same package along, it lists that
 * one: without a hash, and as a part of the tool.
 */
function asShipped(component: Component, { integrity = "" }: Package): Component {
  const properties = component.properties?.filter(({ name }) => !/:(development|bundled)$/.test(name)) ?? [];
  const [, digest] = /^sha512-([A-Za-z0-9+/]+=*)$/.exec(integrity) ?? [];
  const hashes = digest ? [{ alg: "SHA-512", content: Buffer.from(digest, "base64").toString("hex") }] : [];
  return { ...component, properties, hashes };
}

/** What a bill lacks. @param shipped the packages that must be in it */
export function billProblems(bill: Bill, shipped: readonly Pick<Package, "name" | "version">[]): readonly string[] {
  const listed = new Set(bill.components.map(keyOf));
  return [
    ...(bill.bomFormat === "CycloneDX" && bill.specVersion === "1.5" ? [] : ["it is not CycloneDX 1.5"]),
    ...shipped.filter((each) => !listed.has(keyOf(each))).map((each) => `${keyOf(each)} is missing`),
    ...bill.components.flatMap((each) => [
      ...(each.purl?.startsWith("pkg:npm/") && each.purl.endsWith(`@${each.version}`)
        ? []
        : [`${keyOf(each)} has no purl`]),
      ...((each.licenses ?? []).length > 0 ? [] : [`${keyOf(each)} has no licence`]),
      ...(each.hashes?.some(({ alg }) => alg === "SHA-512") ? [] : [`${keyOf(each)} has no hash`]),
    ]),
  ];
}
