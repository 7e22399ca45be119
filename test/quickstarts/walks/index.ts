/** By the name of the quickstart's file. */
import { react } from './react.ts'
import type { Walk } from './walk.ts'

export const walks: Readonly<Record<string, Walk>> = { react }
