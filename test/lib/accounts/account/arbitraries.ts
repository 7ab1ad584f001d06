import fc from "fast-check";

/** Texts with a meaning in some format, and arbitrary texts. */
const words = [
  "_id object access name first middle last prefix suffix additional shared favorite image updated updater created email",
  "mobile dob age gender tz locale state locked activationRequired roles inherited_roles preferences notifications",
  "endpoints enabled profile provider affiliation license number npi specialty visibility public key secret",
  "fingerprint connections c_note c_plan c_ __proto__ constructor prototype toString hasOwnProperty length 0",
]
  .join(" ")
  .split(" ");

/** The name of a property, known or not. */
const aName = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom(...words) },
  { weight: 1, arbitrary: fc.string({ unit: "binary" }) },
);

/** A path of names. */
export const aPath = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom("name.first", "c_plan.a.b", "profile.provider.state", "key.secret", "roles"),
  },
  { weight: 4, arbitrary: fc.array(aName, { minLength: 1, maxLength: 4 }).map((names) => names.join(".")) },
);

const aText = fc.oneof(
  fc.constantFrom("f", "x", "1999-02-27", "+16505555555", "US/Pacific", "verified", "true", "587012227d67efea0843fa80"),
  fc.string({ unit: "binary" }),
  fc.constant("\ud800"),
);

/** Any JSON value. Its names are often names of known properties. */
export const aValue: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    aText,
    fc.constant(null),
    fc.boolean(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(aName, tie("value"), { maxKeys: 4, noNullPrototype: false }),
  ),
})).value;

/** Any JSON object. */
export const anObject = fc.dictionary(aName, aValue, { maxKeys: 5, noNullPrototype: false });
