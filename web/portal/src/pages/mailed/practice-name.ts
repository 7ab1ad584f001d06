import { useEffect, useState } from "react";
import { org } from "../../place.ts";
import { connect } from "../../portal.ts";

/** The name of the practice; until the portal has answered, the portal's. */
export function usePracticeName(): string {
  const [name, setName] = useState(org);
  useEffect(() => {
    connect()
      .then(({ info }) => setName(info.name))
      .catch(() => {});
  }, []);
  return name;
}
