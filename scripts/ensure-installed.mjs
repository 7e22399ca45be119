/**
 * Installs the dependencies when they are missing or not those of package-lock.json, so that `npm start` and
 * `npm test` work in a fresh clone. Runs on the machine's own Node (20 or newer) before anything is installed:
 * built-in modules only.
 */
import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, readFileSync, realpathSync, statfsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const modules = join(root, 'node_modules')
const lockFile = join(root, 'package-lock.json')
const neededMegabytes = 1300

/** The Node that the `node` package brought: newer than the machine's may be, and what the scripts are written for. */
export const localNode = join(modules, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')

/** Whether {@link ensureInstalled} has nothing to do. */
export const isInstalled = () => whatIsMissing() === undefined

/** Installs if needed. Ends the process with a message when it cannot. */
export function ensureInstalled() {
  const problem = whatIsMissing()
  if (problem === undefined) return
  checkCanInstall()
  // Not to stdout: that may be for a program to read.
  process.stderr.write(`Installing dependencies (${problem}): about two minutes …\n`)
  let result = existsSync(lockFile) ? runNpm(['ci']) : runNpm(['install'])
  // A registry (or mirror) that lacks an optional package of another platform makes `npm ci` call the lock file
  // incomplete; `npm install` uses the same versions and passes over it.
  if (outputOf(result).includes('EUSAGE')) result = runNpm(['install', '--no-save'])
  if (result.status !== 0) {
    const output = outputOf(result)
    fail(`npm could not install the dependencies:\n\n${firstLines(output)}\n`, remedyFor(output))
  }
  if (!existsSync(localNode)) {
    fail(
      'npm installed the packages but did not run their install scripts.',
      'Allow them (npm config delete ignore-scripts), then: npm rebuild',
    )
  }
}

function whatIsMissing() {
  const installedLock = join(modules, '.package-lock.json')
  if (!existsSync(installedLock)) return 'first start'
  if (!existsSync(localNode)) return 'incomplete installation'
  if (existsSync(lockFile) && !hasLockedVersions(readJson(lockFile), readJson(installedLock))) {
    return 'package-lock.json has changed'
  }
  return undefined
}

/** Whether what is installed has the versions of the lock file; optional packages of other platforms may lack. */
function hasLockedVersions(wanted, installed) {
  return Object.entries(wanted.packages).every(([path, { version, optional, devOptional, link }]) => {
    const found = installed.packages[path]
    if (path === '' || link || (found === undefined && (optional || devOptional))) return true
    return found?.version === version
  })
}

function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'))
}

function checkCanInstall() {
  const version = process.versions.node
  if (Number.parseInt(version, 10) < 20)
    fail(`Node ${version} is too old.`, 'Install Node 20 or newer: https://nodejs.org')
  try {
    accessSync(root, constants.W_OK)
    if (existsSync(modules)) accessSync(modules, constants.W_OK)
  } catch {
    fail(
      `No permission to write to ${root}.`,
      'Clone Authly into a folder you own (or give yourself the folder: sudo chown -R "$USER" .), then try again.',
    )
  }
  const { bavail, bsize } = statfsSync(root)
  const freeMegabytes = Math.floor((bavail * bsize) / 1024 / 1024)
  if (freeMegabytes < neededMegabytes) {
    fail(
      `Only ${freeMegabytes} MB are free on the disk that holds ${root}.`,
      `Free at least ${neededMegabytes} MB, then try again.`,
    )
  }
}

function runNpm(command) {
  const args = [...command, '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']
  const options = { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }
  // The npm that runs us, with the Node that runs us; plain `npm` when started without one.
  const npm = process.env.npm_execpath
  if (npm?.endsWith('.js')) return spawnSync(process.execPath, [npm, ...args], options)
  return spawnSync('npm', args, { ...options, shell: process.platform === 'win32' })
}

function outputOf(result) {
  return `${result.stdout ?? ''}${result.stderr ?? ''}${result.error?.message ?? ''}`
}

function firstLines(output) {
  const lines = output.trim().split('\n')
  return lines.length <= 15 ? lines.join('\n') : [...lines.slice(0, 15), '…', lines.at(-1)].join('\n')
}

function remedyFor(output) {
  if (/ENOSPC/.test(output)) return `The disk is full: free at least ${neededMegabytes} MB, then try again.`
  if (/EACCES|EPERM/.test(output)) return 'Clone Authly into a folder you own, then try again.'
  if (/ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNREFUSED|ECONNRESET|CERT/.test(output)) {
    return 'The package registry cannot be reached: check the network (or npm config get registry), then try again.'
  }
  return 'Then try again, or install by hand: npm ci'
}

function fail(message, remedy) {
  process.stderr.write(`\nAuthly cannot start: ${message}\n  ${remedy}\n\n`)
  process.exit(1)
}

if (realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) ensureInstalled()
