/** The stubs of Durable Objects: the one place that every call of an object passes. */
import { type Placement, placeObjects } from '../kit/place-objects.ts'
import { carriedContext, isObserved, observe } from './observe.ts'

/** The method of every object by which a caller hands over its context (`traced-objects.ts`). */
export const tracedCall = 'tracedCall'

/**
 * The stub of a placed object by its name. Makes no call by itself.
 * @param object the class, as observers know it
 */
export function observedObjects<T extends Rpc.DurableObjectBranded | undefined>(
  object: string,
  namespace: DurableObjectNamespace<T>,
  placement: Placement,
): (name: string) => DurableObjectStub<T> {
  const place = placeObjects(namespace, placement)
  return (name) => (isObserved() ? observedStub(object, place(name)) : place(name))
}

type Methods = Readonly<Record<string, (...input: unknown[]) => Promise<unknown>>>

function observedStub<Stub extends object>(object: string, stub: Stub): Stub {
  return new Proxy(stub, {
    get(target, method) {
      const member: unknown = Reflect.get(target, method)
      if (typeof member !== 'function' || typeof method !== 'string') return member
      return (...input: unknown[]) =>
        observe('object_call', { object, method }, () => call(target as Methods, method, input))
    },
  })
}

/** Calls on the stub itself: any member of one of its methods, `apply` included, would be a call of its own. */
async function call(stub: Methods, method: string, input: unknown[]): Promise<unknown> {
  const context = carriedContext('object')
  if (context === undefined) return stub[method]?.(...input)
  if (method !== 'fetch') return stub[tracedCall]?.(context, method, ...input)
  const request = new Request(...(input as [RequestInfo, RequestInit?]))
  request.headers.set('traceparent', context)
  return stub['fetch']?.(request)
}
