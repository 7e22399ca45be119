/** Two linters that people hold API documents against; their rules are in the files beside this one. */
import { join } from 'node:path'
import type { Step } from '../../process/run-step.ts'

/**
 * Any complaint fails, warnings too.
 * @param document path of the document
 * @param tools folder of `installTools`
 */
export function lintersOf(document: string, tools: string): readonly { name: string; step: Step }[] {
  const bin = join(tools, 'npm/node_modules/.bin')
  const rulesOf = (linter: string) => join(import.meta.dirname, `${linter}.yaml`)
  return [
    {
      name: 'redocly',
      step: [
        ...([join(bin, 'redocly'), 'lint', '--config', rulesOf('redocly')] as const),
        ...['--max-problems=1000', document],
      ],
    },
    {
      name: 'spectral',
      step: [
        ...([join(bin, 'spectral'), 'lint', '--ruleset', rulesOf('spectral')] as const),
        ...['--fail-severity=warn', document],
      ],
    },
  ]
}
