/** Placement of Durable Objects: one rule for every namespace, so that no object leaves its jurisdiction. */

export interface Placement {
  /** Objects are created in this jurisdiction and never leave it. */
  readonly jurisdiction: DurableObjectJurisdiction | undefined
  /** Where a new object should be created when there is no jurisdiction. */
  readonly locationHint: DurableObjectLocationHint | undefined
}

/** The stub of a placed object by its name. Makes no call. */
export function placeObjects<T extends Rpc.DurableObjectBranded | undefined>(
  namespace: DurableObjectNamespace<T>,
  placement: Placement,
): (name: string) => DurableObjectStub<T> {
  const placed = placement.jurisdiction ? namespace.jurisdiction(placement.jurisdiction) : namespace
  const { locationHint } = placement
  if (locationHint === undefined) return (name) => placed.getByName(name)
  return (name) => placed.getByName(name, { locationHint })
}
