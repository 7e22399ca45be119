/** Files the server sends: to `--out`, to a pipe as they are, to a terminal made harmless. */

import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { readLines } from '../api/event-stream.ts'
import type { CommandContext } from '../command.ts'
import { Failure } from '../failure.ts'
import { safeText } from '../output/safe-text.ts'

/** Writes the body of `response`; a file appears only when it is whole. */
export async function saveAnswer(context: CommandContext, response: Response): Promise<void> {
  const out = context.options['out'] as string | undefined
  const body = response.body ?? new Blob([]).stream()
  try {
    if (out !== undefined && out !== '-') await toFile(out, body, context)
    else await toStdout(body, context)
  } catch (error) {
    if (error instanceof Failure) throw error
    const { code } = error as NodeJS.ErrnoException
    if (code?.startsWith('E')) throw new Failure('usage', `${out} cannot be written (${code}).`)
    throw new Failure('unavailable', `The answer broke off: ${(error as Error).message}.`)
  }
}

async function toFile(
  out: string,
  body: ReadableStream<Uint8Array>,
  { output }: CommandContext,
): Promise<void> {
  const draft = `${out}.part`
  try {
    // Accounts, credentials, audit events: for whoever asked, nobody else on this machine.
    await pipeline(Readable.fromWeb(body as never), createWriteStream(draft, { mode: 0o600 }))
    await rename(draft, out)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
  output.note(`Written to ${out}`)
}

async function toStdout(body: ReadableStream<Uint8Array>, { terminal }: CommandContext): Promise<void> {
  const { stdout } = terminal
  const write = async (part: string | Uint8Array) => {
    if (!stdout.write(part)) await once(stdout, 'drain')
  }
  if (stdout.isTTY) for await (const line of readLines(body)) await write(`${safeText(line)}\n`)
  else for await (const chunk of body) await write(chunk)
}
