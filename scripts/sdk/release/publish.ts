import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { PackedPackage } from './pack.ts'

const run = promisify(execFile)

export interface PublishOptions {
  /** Where a package was built is attested by the identity of a workflow, which nobody has at home. */
  readonly provenance: boolean
  readonly env?: NodeJS.ProcessEnv
}

/** Exactly this tarball. What is there already is passed over: a run that broke off can be repeated. */
export async function publishPacked(
  { name, version, path }: PackedPackage,
  { provenance, env = process.env }: PublishOptions,
): Promise<'published' | 'there already'> {
  if (await isPublished(name, version, env)) return 'there already'
  // Previews are for those who ask for them.
  const tag = version.includes('-') ? 'next' : 'latest'
  const options = ['--access', 'public', '--tag', tag, `--provenance=${provenance}`, '--ignore-scripts']
  await run('npm', ['publish', path, ...options], { env })
  return 'published'
}

async function isPublished(name: string, version: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  try {
    const { stdout } = await run('npm', ['view', `${name}@${version}`, 'version'], { env })
    return stdout.trim() === version
  } catch (error) {
    if (String((error as { stderr?: unknown }).stderr).includes('E404')) return false
    throw error
  }
}
