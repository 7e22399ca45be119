/** Command line of `npm run load`. */
import { parseArgs } from 'node:util'
import { fullSize, type LoadSize, smokeSize } from './sizes.ts'

export const partNames = ['tokens', 'connections', 'listing', 'soak', 'locust'] as const
export type PartName = (typeof partNames)[number]

export interface LoadOptions {
  readonly parts: readonly PartName[]
  readonly size: LoadSize
  /** Measured, of every part. */
  readonly seconds: Readonly<Record<PartName, number>>
  /** Only whether everything works: nothing is published, and no duration is judged. */
  readonly isSmoke: boolean
}

export const usage = `npm run load -- [options]
  --only LIST   parts: ${partNames.join(', ')} (default: all)
  --minutes N   length of the soak (default 15)
  --seconds N   length of each other part (default 60)
  --smoke       everything at small scale and in seconds; fails on any error, judges no figure, writes no document`

const smokeSeconds = { tokens: 2, connections: 6, listing: 2, soak: 4, locust: 10 }

/** Throws on unknown options, parts and numbers. */
export function parseOptions(args: readonly string[]): LoadOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', default: partNames.join(',') },
      minutes: { type: 'string', default: '15' },
      seconds: { type: 'string', default: '60' },
      smoke: { type: 'boolean', default: false },
    },
  })
  const seconds = positive(values.seconds, 'seconds')
  const soak = positive(values.minutes, 'minutes') * 60
  return {
    parts: values.only.split(',').map(toPart),
    size: values.smoke ? smokeSize : fullSize,
    seconds: values.smoke
      ? smokeSeconds
      : { tokens: seconds, connections: seconds, listing: seconds, soak, locust: seconds },
    isSmoke: values.smoke,
  }
}

function toPart(text: string): PartName {
  const part = partNames.find((name) => name === text.trim())
  if (part === undefined) throw new Error(`unknown part "${text}"; known: ${partNames.join(', ')}`)
  return part
}

function positive(text: string, name: string): number {
  const value = Number(text)
  if (!(value > 0)) throw new Error(`--${name} must be a positive number`)
  return value
}
