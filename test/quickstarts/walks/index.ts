/** By the name of the quickstart's file. */
import type { Walk } from './walk.ts'

export const walks: Readonly<Record<string, Walk>> = {}
