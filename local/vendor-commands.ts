import {
  isVendorId,
  newClientKey,
  newVendor,
  newVendorSecret,
  withClientKey,
  withoutAccess,
  withSecret,
} from "../lib/practices/vendor.ts";
import { characters } from "../lib/text.ts";
import { Complaint } from "../tools/complaint.ts";
import { changeVendor, listVendors } from "./vendors.ts";

/** The options of a command. Options that the command does not need are `""`. */
export interface VendorOptions {
  readonly id: string;
  readonly name: string;
}

/** The commands of `npm run vendor`, each with the options that it needs. */
export const neededOptions = {
  create: ["id", "name"],
  list: [],
  rotate: ["id"],
  disable: ["id"],
  enable: ["id"],
  "client-key": ["id"],
} as const satisfies Record<string, readonly (keyof VendorOptions)[]>;

/** A command of `npm run vendor`. */
export type VendorCommand = keyof typeof neededOptions;

const nameLengthMax = 255;

/** The commands of `npm run vendor`. Each returns the text to print. @throws Complaint for errors that the user can fix */
export const vendorCommands: Record<VendorCommand, (options: VendorOptions) => Promise<string>> = {
  async create({ id, name }) {
    if (!isVendorId(id)) throw new Complaint(`"${id}" cannot be an id: 1 to 64 letters, digits, ".", "_" or "-".`);
    if (characters(name) > nameLengthMax || /\p{Cc}/u.test(name)) {
      throw new Complaint(`The name must have at most ${nameLengthMax} characters, none of them a control character.`);
    }
    const secret = newVendorSecret();
    await changeVendor(id, "vendor.created", (before) => {
      if (before) throw new Complaint(`There is a vendor ${id} already.`);
      return newVendor(id, name, secret, new Date());
    });
    return printedSecret(id, secret);
  },

  async list() {
    const head = ["ID", "NAME", "STATE", "SECRETS", "CLIENT KEYS", "CREATED"];
    const lines = (await listVendors()).map((vendor) => [
      vendor.applicationId,
      vendor.name,
      vendor.disabled ? "disabled" : "enabled",
      String(vendor.secretDigests.length),
      vendor.clientKeys.join(",") || "-",
      vendor.createdAt,
    ]);
    const widths = head.map((_, column) => Math.max(...[head, ...lines].map((line) => line[column]?.length ?? 0)));
    const padded = (line: string[]) => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ");
    return [head, ...lines].map((line) => padded(line).trimEnd()).join("\n");
  },

  async rotate({ id }) {
    const secret = newVendorSecret();
    await changeVendor(id, "vendor.rotated", (before) => withSecret(existing(before, id), secret));
    return `${printedSecret(id, secret)}\nThe previous password stays valid until the next rotation.`;
  },

  async disable({ id }) {
    await changeVendor(id, "vendor.disabled", (before) => withoutAccess(existing(before, id)));
    return `${id} is disabled.`;
  },

  async enable({ id }) {
    await changeVendor(id, "vendor.enabled", (before) => ({ ...existing(before, id), disabled: false }));
    return `${id} is enabled.`;
  },

  async "client-key"({ id }) {
    // A new key in each attempt, in case another vendor already has the last one.
    const after = await changeVendor(id, "vendor.clientKeyAdded", (before) =>
      withClientKey(existing(before, id), newClientKey()),
    );
    return `client key            ${after.clientKeys.at(-1)}`;
  },
};

const printedSecret = (id: string, secret: string) =>
  `applicationId         ${id}\napplicationPassword   ${secret}\nThe password is shown only once: Frontdesk stores only a digest of it.`;

function existing<V>(vendor: V | undefined, id: string): V {
  if (!vendor) throw new Complaint(`There is no vendor ${id}.`);
  return vendor;
}
