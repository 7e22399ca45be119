/** The same on Workers: the configuration is in its bindings. */
import { honoApplication } from './hono-application.ts'

export default honoApplication()
