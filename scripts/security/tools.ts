/**
 * The foreign programs of the scan, each at a fixed version: another one has other findings, and CI must not change by
 * itself. They are kept in `dist/tools`, where the next run finds them.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../stack/worker-bundle.ts'

const folder = join(projectRoot, 'dist/tools')

/** A Python program from PyPI, in a virtual environment of its own. @returns its path */
export function pythonProgram(name: string, requirement: string): string {
  const home = join(folder, requirement.replaceAll('==', '-'))
  const program = join(home, 'bin', name)
  // A mark at the end, because an installation that was interrupted also has the program.
  const mark = join(home, 'complete')
  if (existsSync(mark)) return program
  console.log(`Installing ${requirement}`)
  rmSync(home, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  execFileSync('python3', ['-m', 'venv', home], { stdio: 'inherit' })
  const options = ['install', '--quiet', '--disable-pip-version-check', requirement]
  execFileSync(join(home, 'bin/pip'), options, { stdio: 'inherit' })
  mkdirSync(mark)
  return program
}

/** A Go program, built from its module. @returns its path */
export function goProgram(name: string, module: string, version: string): string {
  const home = join(folder, `${name}-${version}`)
  const program = join(home, name)
  if (existsSync(program)) return program
  console.log(`Building ${module}@${version}`)
  const unfinished = `${home}.unfinished`
  rmSync(unfinished, { recursive: true, force: true })
  mkdirSync(unfinished, { recursive: true })
  execFileSync('go', ['install', `${module}@${version}`], {
    stdio: 'inherit',
    env: { ...process.env, GOBIN: unfinished },
  })
  rmSync(home, { recursive: true, force: true })
  renameSync(unfinished, home)
  return program
}
