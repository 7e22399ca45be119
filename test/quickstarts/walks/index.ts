/** By the name of the quickstart's file. */
import { express } from './express.ts'
import { fastapi } from './fastapi.ts'
import { go } from './go.ts'
import { hono } from './hono.ts'
import { machine } from './machine.ts'
import { mcp } from './mcp.ts'
import { nextjs } from './nextjs.ts'
import { react } from './react.ts'
import type { Walk } from './walk.ts'

export const walks: Readonly<Record<string, Walk>> = {
  ...{ express, fastapi, go, hono, machine, mcp, nextjs, react },
}
