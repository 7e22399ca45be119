/**
 * The worker of an ephemeral server: the deployed one, with a clock that the start script moves. Built by
 * `build-worker-with-clock.ts` into the temporary folder of that server; nothing that is deployed imports it.
 *
 * Attack: somebody moves the clock of a server that people use, so that what is spent or locked becomes usable. So this
 * file serves no issuer but one on loopback, and asks for a key that only the start script has.
 */
import worker, * as objects from '../../../src/worker.ts'
import { type ObjectClass, ringDueAlarms, withMovedAlarms } from './moved-alarms.ts'
import { clockDistance, moveClock } from './moved-date.ts'

type ClockEnv = Env & { readonly EPHEMERAL_CLOCK_KEY?: string; readonly AUTHLY_ISSUER?: string }

const path = '/.ephemeral/clock'

async function answerClock(request: Request, env: ClockEnv, ctx: ExecutionContext): Promise<Response> {
  const key = env.EPHEMERAL_CLOCK_KEY ?? ''
  if (key.length < 43 || request.headers.get('authorization') !== `Bearer ${key}`) {
    return new Response(null, { status: 404 })
  }
  if (request.method === 'POST') {
    const { advance_ms } = await request.json<{ advance_ms: number }>()
    moveClock(advance_ms)
    const alarms = await ringDueAlarms()
    await worker.scheduled({ scheduledTime: Date.now(), cron: '', noRetry: () => undefined }, env, ctx)
    return Response.json({ now: Date.now(), distance: clockDistance(), ...alarms })
  }
  return Response.json({ now: Date.now(), distance: clockDistance() })
}

const isLoopback = ({ AUTHLY_ISSUER = '' }: ClockEnv): boolean =>
  URL.canParse(AUTHLY_ISSUER) && ['localhost', '127.0.0.1', '[::1]'].includes(new URL(AUTHLY_ISSUER).hostname)

export default {
  fetch(request, env: ClockEnv, ctx) {
    if (!isLoopback(env)) return new Response('This build is for tests on one machine.', { status: 500 })
    if (new URL(request.url).pathname === path) return answerClock(request, env, ctx)
    return worker.fetch(request, env, ctx)
  },
} satisfies ExportedHandler<ClockEnv>

/**
 * The class of an object, with alarms by the moved clock.
 * @param name of the class, which is that of its export too
 * @param binding by which the worker finds its objects
 */
export function movedClass(name: string, binding: string) {
  const Base = (objects as unknown as Readonly<Record<string, ObjectClass>>)[name]
  if (Base === undefined) throw new Error(`the worker exports no ${name}`)
  return withMovedAlarms(name, Base, (env, id) => {
    const namespace = (env as unknown as Readonly<Record<string, DurableObjectNamespace>>)[binding]
    return namespace?.get(id) as unknown as { resetAlarm(): Promise<void> }
  })
}
