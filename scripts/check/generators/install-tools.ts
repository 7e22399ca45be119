/** Downloads the generators and linters, each in its pinned version, from the registries of their languages. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runStep } from '../../process/run-step.ts'
import { pathWithGo } from '../../toolchains/go.ts'
import { installOnce } from '../../toolchains/install-once.ts'
import { versions } from './versions.ts'

/**
 * Installs into `folder`, where the tools of an earlier run are taken as they are.
 * @returns the PATH under which all of them are found
 */
export async function installTools(folder: string): Promise<string> {
  mkdirSync(join(folder, 'npm'), { recursive: true })
  const withGo = async () => {
    const path = await pathWithGo()
    await installOnce(folder, 'oapi-codegen', versions['oapi-codegen'], (version) =>
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
  await installOnce(folder, 'npm', packages.join(' '), async () => {
    writeFileSync(join(folder, 'npm/package.json'), '{"private":true}')
    await runStep(['npm', 'install', '--no-audit', '--no-fund', ...packages], join(folder, 'npm'))
  })
}

const installGenerator = (folder: string): Promise<void> =>
  installOnce(folder, 'openapi-generator-cli', versions['openapi-generator'], (version) =>
    runStep(
      [
        ...(['mvn', '--batch-mode', '--quiet', 'dependency:copy'] as const),
        `-Dartifact=org.openapitools:openapi-generator-cli:${version}`,
        `-DoutputDirectory=${folder}`,
      ],
      folder,
    ),
  )
