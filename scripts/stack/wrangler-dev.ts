import { join } from 'node:path'
import { type GuardedChild, spawnGuarded } from '../process/guarded-child.ts'
import { OperatorError } from '../process/operator-error.ts'
import { waitUntilServing } from '../process/wait-until.ts'
import { quietWrangler } from './quiet-wrangler.ts'

export type WranglerDev = GuardedChild & {
  /** Shows its output in the terminal from now on. */
  showOutput(): void
  /** Hides its output from now on. */
  hideOutput(): void
  /** Serves the static files that came since it started. */
  listAssets(): void
}

export type WranglerDevOptions = {
  /** Instead of `.dev.vars`. */
  envFile?: string
  /** Where Durable Objects live, instead of `.wrangler/state`. */
  persistTo?: string
}

/** Starts `wrangler dev` in `root` on `port`; the caller waits for {@link untilServing}. */
export async function startWranglerDev(
  root: string,
  port: number,
  { envFile, persistTo }: WranglerDevOptions = {},
): Promise<WranglerDev> {
  const args = [join(import.meta.dirname, 'dev-server.ts'), String(port), envFile ?? '', persistTo ?? '']
  const child = await spawnGuarded(process.execPath, args, {
    cwd: root,
    // Offline-safe: placeholder `request.cf` instead of asking Cloudflare for one.
    env: { ...quietWrangler(), CLOUDFLARE_CF_FETCH_ENABLED: 'false', AUTHLY_VARIABLES: 'given' },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const early: Buffer[] = []
  let isShown = false
  let isHidden = false
  for (const stream of [child.process.stdout, child.process.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      if (isHidden) return
      if (isShown) process.stdout.write(chunk)
      else early.push(chunk)
    })
  }
  return {
    ...child,
    showOutput: () => {
      isShown = true
      const noteworthy = Buffer.concat(early).toString('utf8')
      if (noteworthy.includes('[ERROR]')) process.stdout.write(noteworthy)
    },
    hideOutput: () => {
      isHidden = true
    },
    listAssets: () => void child.process.send('list assets'),
    exited: child.exited.then((code) => {
      if (!isShown && !isHidden) process.stderr.write(Buffer.concat(early))
      return code
    }),
  }
}

/** Resolves when the worker answers discovery. Throws OperatorError with a hint where to look. */
export async function untilServing(worker: WranglerDev, issuer: string): Promise<void> {
  try {
    await waitUntilServing(`${issuer}/.well-known/openid-configuration`, worker.exited, 120_000)
  } catch (cause) {
    worker.showOutput()
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new OperatorError(
      `the worker does not serve: ${reason}.`,
      'The output of wrangler above says why.',
      { cause },
    )
  }
}
