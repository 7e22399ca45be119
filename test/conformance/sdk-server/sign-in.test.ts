/** `@authly-server/server` with the production bundle, on Node and in workerd. */
import { describe } from 'vitest'
import { startExpress, startHono, startWorker } from './applications.ts'
import { tellStories } from './stories.ts'

describe('Hono on Node', () => tellStories((printed) => startHono(printed)))
describe('Express', () => tellStories(startExpress))
describe('Hono on Workers', () => tellStories(startWorker))
