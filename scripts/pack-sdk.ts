/**
 * `npm run pack:sdk`: the packages of the SDK as files in `dist/sdk`, for applications beside this clone while a version
 * is not on npm: `npm install ../authly/dist/sdk/*.tgz`.
 */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { ensureBuilt } from './ensure-built.mjs'
import { packSdk } from './sdk/release/pack.ts'

const folder = join(import.meta.dirname, '..', 'dist', 'sdk')
ensureBuilt()
rmSync(folder, { recursive: true, force: true })
for (const { path } of packSdk(folder)) console.log(path)
console.log(`\nIn your application: npm install ${join(folder, '*.tgz')}`)
