import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { sdkPackages } from './packages.ts'

const compiler = join(import.meta.dirname, '..', '..', '..', 'node_modules', 'typescript', 'bin', 'tsc')

/** Each against the declarations of those it depends on, as its users will. @param root of the checkout, or of a copy */
export function compileSdk(root: string): void {
  for (const { folder, manifest } of sdkPackages(root)) {
    rmSync(join(folder, 'dist'), { recursive: true, force: true })
    const { status } = spawnSync(process.execPath, [compiler, '--project', folder], { stdio: 'inherit' })
    if (status !== 0) throw new Error(`${manifest.name} does not compile`)
  }
}
