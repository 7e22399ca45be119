/** Opens a page in the person's browser. `BROWSER` names another program than the system's. */
import { spawn } from 'node:child_process'
import type { Terminal } from '../terminal.ts'

/** @returns whether a program was started; it may still fail to show anything */
export async function openBrowser(
  url: string,
  { env, platform }: Pick<Terminal, 'env' | 'platform'>,
): Promise<boolean> {
  const [command, args] = programFor(url, env['BROWSER'] ?? '', platform)
  return new Promise((resolve) => {
    // No shell: an address is an argument, never a command.
    const child = spawn(command, args, { stdio: 'ignore', detached: true })
    child.once('error', () => resolve(false))
    child.once('spawn', () => {
      child.unref()
      resolve(true)
    })
  })
}

function programFor(url: string, chosen: string, platform: NodeJS.Platform): [string, string[]] {
  if (chosen !== '') return [chosen, [url]]
  if (platform === 'darwin') return ['open', [url]]
  // `start` would need cmd.exe, which reads `&` in an address as a command.
  if (platform === 'win32') return ['rundll32', ['url.dll,FileProtocolHandler', url]]
  return ['xdg-open', [url]]
}
