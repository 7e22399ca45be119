/**
 * `Date` with a distance to the real one, for the whole isolate: of an ephemeral server alone (docs/guide/testing.md).
 * Evaluated before the worker, which reads the time through `Date` as everywhere else.
 */
const RealDate = Date

let distance = 0

/** Milliseconds between this isolate's clock and the real one. */
export const clockDistance = (): number => distance

/** Time goes forward only: nothing that is stored expects it to go back. */
export function moveClock(milliseconds: number): void {
  if (!(milliseconds >= 0)) throw new RangeError('a clock moves forward')
  distance += milliseconds
}

const now = (): number => RealDate.now() + distance

globalThis.Date = new Proxy(RealDate, {
  construct: (target, given, newTarget) =>
    Reflect.construct(target, given.length === 0 ? [now()] : given, newTarget) as Date,
  apply: () => new RealDate(now()).toString(),
  get: (target, key) => (key === 'now' ? now : Reflect.get(target, key)),
})
