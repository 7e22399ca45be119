/** A bar on stderr that a job moves; plain lines when stderr is not a terminal. */
import type { Terminal } from '../terminal.ts'
import { safeText } from './safe-text.ts'
import { truncate } from './text-width.ts'

export interface Progress {
  readonly status: string
  readonly processed: number
  readonly total: number | null
  readonly failed: number
  readonly eta_seconds?: number | null | undefined
  readonly detail?: string | null | undefined
}

const barColumns = 28

/** One line that says how far it is. */
export function describeProgress(progress: Progress): string {
  const { status, processed, total, failed, eta_seconds, detail } = progress
  const share = total ? Math.min(1, processed / total) : undefined
  const filled = share === undefined ? 0 : Math.floor(share * barColumns)
  const bar =
    share === undefined
      ? ''
      : `[${'#'.repeat(filled)}${'.'.repeat(barColumns - filled)}] ${Math.floor(share * 100)}%`
  return [
    ...[safeText(status), bar, total === null ? `${processed}` : `${processed}/${total}`],
    failed > 0 ? `${failed} failed` : '',
    eta_seconds ? `${eta_seconds} s left` : '',
    detail ? safeText(detail) : '',
  ]
    .filter((part) => part !== '')
    .join('  ')
}

/** Shows each progress in place of the one before. `end` leaves the last one. */
export function createProgressBar({ stderr }: Pick<Terminal, 'stderr'>) {
  let last = ''
  return {
    show(progress: Progress): void {
      const text = describeProgress(progress)
      if (text === last) return
      last = text
      if (stderr.isTTY) stderr.write(`\r\u001b[2K${truncate(text, (stderr.columns ?? 80) - 1)}`)
      else stderr.write(`${text}\n`)
    },
    end(): void {
      if (stderr.isTTY && last !== '') stderr.write('\n')
      last = ''
    },
  }
}
