/**
 * The life of a foreground command: start, run until a signal or a failure, stop in order, exit with the right code. A
 * terminal delivers Ctrl-C to us and, again, through our parent: a second signal within a second is the same request.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { describeFailure } from './operator-error.ts'

type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP'
const exitCodes: Readonly<Record<StopSignal, number>> = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }

export type Life = {
  /** Registers a step of the shutdown; steps run in reverse order, each once. Throws if the shutdown has begun. */
  onStop(step: () => Promise<unknown>): void
  /** Ends the command with an error, e.g. because a child died. */
  fail(error: unknown): void
  /** Ends the command: nobody needs it any more. */
  stop(): void
}

/** Runs `start` and never returns: the process exits at the end. */
export async function runUntilStopped(start: (life: Life) => Promise<void>): Promise<never> {
  const steps: (() => Promise<unknown>)[] = []
  const over = Promise.withResolvers<number>()
  let overSince: number | undefined
  const end = (code: number) => {
    overSince ??= Date.now()
    over.resolve(code)
  }

  for (const signal of Object.keys(exitCodes) as StopSignal[]) {
    process.on(signal, () => {
      // A second request: exit at once; the watchdogs stop what is left.
      if (overSince !== undefined && Date.now() - overSince > 1_000) process.exit(exitCodes[signal])
      end(exitCodes[signal])
    })
  }
  // Our parent (start.mjs) was killed: nobody could stop us any more.
  process.on('disconnect', () => end(exitCodes.SIGHUP))
  const fail = (error: unknown) => {
    // A failure while stopping is a consequence of stopping: not reported.
    if (overSince === undefined) process.stderr.write(describeFailure(error))
    end(1)
  }
  process.on('uncaughtException', fail)
  process.on('unhandledRejection', fail)

  const onStop = (step: () => Promise<unknown>) => {
    steps.push(step)
    if (overSince !== undefined) throw new Error('stopping')
  }
  const started = start({ onStop, fail, stop: () => end(0) }).catch(fail)
  const code = await over.promise
  await undo(steps)
  // A part that was still starting registers its step once it is up; one that hangs is given up.
  await Promise.race([started, sleep(10_000)])
  await undo(steps)
  process.exit(code)
}

async function undo(steps: (() => Promise<unknown>)[]): Promise<void> {
  for (const step of steps.splice(0).reverse()) {
    await step().catch((error: unknown) => process.stderr.write(describeFailure(error)))
  }
}
