/** The port of the development server. */
import { OperatorError } from '../process/operator-error.ts'
import { portProblem } from './port-problem.mjs'

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

/** Throws OperatorError if `port` is taken. */
export async function checkPortIsFree(port: number): Promise<void> {
  const problem = await portProblem(port)
  if (problem) throw new OperatorError(problem.message, problem.remedy)
}
