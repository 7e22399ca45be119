/** Objects whose code is loaded when they wake (`src/lazy-objects.ts`): what is inside their wrapper. */
import { runInDurableObject } from 'cloudflare:test'

/** @param instance as `runInDurableObject` gives it */
export const wrappedIn = <Wrapped extends object>(instance: unknown): Wrapped =>
  (instance as { readonly object: Wrapped }).object

/** Changes the bindings of an object that runs; an eviction forgets it. */
export const setBindings = (stub: DurableObjectStub, bindings: Env): Promise<void> =>
  runInDurableObject(stub, (instance) => {
    Object.assign(wrappedIn(instance), { env: bindings })
  })
