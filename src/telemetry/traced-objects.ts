/**
 * The objects' side of a trace: a caller that records hands its context over with the call, and alarms begin traces of
 * their own. Added to the classes from outside, so that none of them knows of it; without a tracer a call is not changed
 * and an alarm passes one `if`.
 */
import { tracedCall } from './observed-objects.ts'
import { type Lifetime, traceInvocation } from './tracer.ts'

/** A Durable Object, as it is seen from inside. */
interface ObjectInstance {
  readonly ctx: Lifetime
  readonly env: object
}

type Method = (this: ObjectInstance, ...input: never[]) => unknown

/** Loads what observes; undefined when there is nothing to wait for. */
type Start = (env: object) => Promise<void> | undefined

/** Prepares the classes, by name. */
export function traceObjects(classes: Readonly<Record<string, { prototype: object }>>, start: Start): void {
  for (const [object, { prototype }] of Object.entries(classes)) {
    const methods = prototype as Record<string, Method>
    methods[tracedCall] = receiveCall(object, methods, start)
    const { alarm, fetch } = methods
    if (alarm) methods['alarm'] = traceAlarm(object, alarm, start)
    if (fetch) methods['fetch'] = traceFetch(object, fetch, start)
  }
}

/** @returns the method that takes a context, a method's name and its input, and calls that method */
function receiveCall(object: string, methods: Record<string, Method>, start: Start): Method {
  return async function (this: ObjectInstance, ...sent: never[]) {
    const [context, name, ...input] = sent as unknown as [string, string, ...never[]]
    const method = Object.hasOwn(methods, name) ? methods[name] : undefined
    if (method === undefined || name === 'constructor' || name === tracedCall) {
      throw new TypeError(`${object} has no method of this name`)
    }
    await start(this.env)
    return enter(this, `${object}/${name}`, context, async () => method.apply(this, input))
  }
}

function traceFetch(object: string, fetch: Method, start: Start): Method {
  return async function (this: ObjectInstance, ...input: never[]) {
    const [request] = input as unknown as [Request]
    // Set by us alone: what a caller of this server sends does not get here.
    const context = request.headers.get('traceparent')
    if (context === null) return fetch.apply(this, input)
    await start(this.env)
    return enter(this, `${object}/fetch`, context, async () => fetch.apply(this, input))
  }
}

function traceAlarm(object: string, alarm: Method, start: Start): Method {
  return async function (this: ObjectInstance, ...input: never[]) {
    const starting = start(this.env)
    if (starting !== undefined) await starting
    return traceInvocation({ name: `${object} alarm`, trigger: 'timer', lifetime: this.ctx }, async () =>
      alarm.apply(this, input),
    )
  }
}

const enter = <T>(
  object: ObjectInstance,
  name: string,
  context: string,
  work: () => Promise<T>,
): Promise<T> => traceInvocation({ name, trigger: 'call', context, lifetime: object.ctx }, work)
