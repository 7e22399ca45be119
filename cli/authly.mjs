#!/usr/bin/env node
/**
 * The `authly` program. Its sources are TypeScript, which Node runs by itself from version 24 on; an older Node
 * (20 or newer) hands over to the one in node_modules. Built-in modules only: nothing may be installed yet.
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import module from 'node:module'
import { constants, homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureBuilt } from '../scripts/ensure-built.mjs'

const folder = dirname(fileURLToPath(import.meta.url))
const modules = join(folder, '..', 'node_modules')
const localNode = join(modules, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')

if (!existsSync(localNode)) install()
ensureBuilt({ mayStayOld: true })
const cache = codeCache()
if (Number.parseInt(process.versions.node, 10) >= 24) {
  if (cache) module.enableCompileCache(cache)
  await import('./main.ts')
} else {
  handOver()
}

/** What npm says goes to stderr: stdout belongs to the command's answer. */
function install() {
  const script = join(folder, '..', 'scripts', 'ensure-installed.mjs')
  const { status } = spawnSync(process.execPath, [script], { stdio: ['ignore', 2, 2] })
  if (status !== 0) process.exit(status ?? 1)
}

/**
 * Compiled code, kept from run to run: starts three times as fast. In a folder of one's own: from a shared one, such
 * as Node's default below /tmp, somebody else's code could be run.
 */
function codeCache() {
  const parent = process.env.XDG_CACHE_HOME || process.env.LOCALAPPDATA || join(homedir(), '.cache')
  try {
    mkdirSync(join(parent, 'authly'), { recursive: true, mode: 0o700 })
    return join(parent, 'authly')
  } catch {
    return undefined
  }
}

function handOver() {
  const child = spawn(localNode, [join(folder, 'main.ts'), ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...(cache ? { NODE_COMPILE_CACHE: cache } : {}), ...process.env },
  })
  // The terminal sends Ctrl-C to both; the child decides what it means.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
    })
  }
  child.on('error', (error) => {
    process.stderr.write(`authly: ${error.message}\n`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]))
}
