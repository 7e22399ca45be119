/** By the name of the quickstart's file. */
import { express } from './express.ts'
import { hono } from './hono.ts'
import { nextjs } from './nextjs.ts'
import { react } from './react.ts'
import type { Walk } from './walk.ts'

export const walks: Readonly<Record<string, Walk>> = { express, hono, nextjs, react }
