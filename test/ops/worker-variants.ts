/**
 * Main modules around the production bundle. Raw workerd fires no cron trigger, so each of them runs the cron jobs when
 * asked; those with a fault have it built in, as a real one would be.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { WorkerBundle } from '../../scripts/stack/worker-bundle.ts'

export const cronPath = '/cdn-cgi/test/cron'

export type Variant = 'sound' | 'hot-object' | 'bad-deploy'

/** One call of a user's object takes this long, so that a few dozen a second are more than it can handle. */
export const callMilliseconds = 25

const withCron = (prepare: string) => `
export default {
  ...worker,
  async fetch(request, env, ctx) {
    ${prepare}
    if (new URL(request.url).pathname !== '${cronPath}') return worker.fetch(request, env, ctx)
    await worker.scheduled({}, env, ctx)
    return new Response('done')
  },
}
`

const sources: Readonly<Record<Variant, (main: string) => string>> = {
  sound: (main) => `import worker from './${main}'\nexport * from './${main}'\n${withCron('')}`,

  // Objects are slow, as on a machine that is far away or busy. What is hot is decided by who calls them.
  'hot-object': (main) => `
import worker, { UserSessions as Original } from './${main}'
export * from './${main}'
export class UserSessions extends Original {
  async inspectToken(...input) {
    await this.ctx.blockConcurrencyWhile(() => scheduler.wait(${callMilliseconds}))
    return super.inspectToken(...input)
  }
}
${withCron('')}`,

  // The worker calls a method by a name that its objects do not have.
  'bad-deploy': (main) => `
import worker from './${main}'
export * from './${main}'
const renamed = new WeakMap()
const withRenamedMethod = (env) => {
  if (!renamed.has(env)) renamed.set(env, { ...env, USER_SESSIONS: { getByName: (...name) => rename(env.USER_SESSIONS.getByName(...name)) } })
  return renamed.get(env)
}
const rename = (stub) => new Proxy(stub, {
  get: (target, name) => {
    const called = name === 'inspectToken' ? 'inspectTokens' : name
    return typeof target[called] === 'function' ? (...input) => target[called](...input) : target[called]
  },
})
${withCron('env = withRenamedMethod(env)')}`,
}

/** Writes the variants beside the bundle. @returns what makes the next start of the worker serve one of them */
export async function prepareVariants(bundle: WorkerBundle): Promise<(variant: Variant) => void> {
  const original = bundle.main
  bundle.modules.push(original)
  for (const [variant, source] of Object.entries(sources)) {
    await writeFile(join(bundle.folder, `${variant}.js`), source(original))
  }
  return (variant) => {
    bundle.main = `${variant}.js`
  }
}
