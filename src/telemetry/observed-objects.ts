/** The stubs of Durable Objects: the one place that every call of an object passes. */
import { type Placement, placeObjects } from '../kit/place-objects.ts'
import { isObserved, observe } from './observe.ts'

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
      // Called on the stub itself: any member of one of its methods, `apply` included, would be a call of its own.
      return (...input: unknown[]) =>
        observe('object_call', { object, method }, async () => (target as Methods)[method]?.(...input))
    },
  })
}
