/**
 * The life of a foreground command: start, stay until a signal or a failure, stop in order, exit with the right code.
 * A terminal delivers Ctrl-C to us and, again, through our parent; the second one within a second is the same wish.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { describeFailure, OperatorError } from './operator-error.ts'

type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP'
const exitCodes: Readonly<Record<StopSignal, number>> = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }

export type Life = {
  /** Registers what to undo; steps run in reverse order, each once. */
  onStop(step: () => Promise<unknown>): void
  /** Ends the command with an error, e.g. because a child died. */
  fail(error: Error): void
}

/** Runs `start` and never returns: the process exits when it is over. */
export async function runUntilStopped(start: (life: Life) => Promise<void>): Promise<never> {
  const steps: (() => Promise<unknown>)[] = []
  const over = Promise.withResolvers<number>()
  let firstSignalAt: number | undefined

  for (const signal of Object.keys(exitCodes) as StopSignal[]) {
    process.on(signal, () => {
      if (firstSignalAt !== undefined && Date.now() - firstSignalAt > 1_000) process.exit(exitCodes[signal])
      firstSignalAt ??= Date.now()
      over.resolve(exitCodes[signal])
    })
  }
  const fail = (error: unknown) => {
    if (firstSignalAt === undefined) process.stderr.write(describeFailure(error))
    over.resolve(1)
  }
  process.on('uncaughtException', fail)
  process.on('unhandledRejection', fail)

  const started = start({ onStop: (step) => steps.push(step), fail }).catch(fail)
  const code = await over.promise
  // What is just being started registers its undo step when it is up; a start that hangs is not waited for.
  await Promise.race([started, sleep(10_000)])
  for (const step of steps.reverse()) {
    await step().catch((error: unknown) => {
      if (!(error instanceof OperatorError)) process.stderr.write(describeFailure(error))
    })
  }
  process.exit(code)
}
