/** What the first page lists. */
import { join } from 'node:path'
import { type Section, sections } from './navigation.ts'

declare const data: readonly Section[]

export { data }

export default { load: () => sections(join(import.meta.dirname, '..')) }
