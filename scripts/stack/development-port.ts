/** The port of the development server. */
import { createServer } from 'node:net'
import { errorCode, OperatorError } from '../process/operator-error.ts'

/** PORT from the environment, by default 8787. Throws OperatorError for anything but a port number. */
export const developmentPort = (env: NodeJS.ProcessEnv = process.env): number => readPort(env, 'PORT', 8787)

/** DEMO_PORT, by default 8788: of the demo application. */
export const demoPort = (env: NodeJS.ProcessEnv = process.env): number => readPort(env, 'DEMO_PORT', 8788)

function readPort(env: NodeJS.ProcessEnv, name: string, otherwise: number): number {
  const text = env[name] || String(otherwise)
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (port >= 1 && port <= 65_535) return port
  throw new OperatorError(
    `${name} is "${text}", which is not a port number.`,
    `Use a number from 1 to 65535: ${name}=9000 npm start`,
  )
}

/**
 * Throws OperatorError if `port` is taken. Both loopback addresses count: `localhost` may mean either, and a program on
 * the other one would receive our requests.
 */
export async function checkPortIsFree(port: number): Promise<void> {
  for (const host of ['127.0.0.1', '::1']) {
    const code = await tryBind(port, host)
    if (code === 'EADDRINUSE') {
      throw new OperatorError(
        `Port ${port} is already in use.`,
        `Stop the program that uses it, or choose another port: PORT=${port === 65_535 ? 8787 : port + 1} npm start`,
      )
    }
    if (code === 'EACCES') {
      throw new OperatorError(`You may not use port ${port}.`, 'Choose one above 1023: PORT=8787 npm start')
    }
  }
}

/** The error code of binding, or undefined if it succeeds. */
function tryBind(port: number, host: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', (error) => resolve(errorCode(error)))
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(undefined)))
  })
}
