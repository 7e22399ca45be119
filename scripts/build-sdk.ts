/**
 * `npm run build:sdk`: compiles the packages below `sdk/js` as they are published, one `.js` and one `.d.ts` for each
 * source, and prints what each entry adds to an application. Inside the repository nothing needs it: sources find each
 * other by the export condition `authly-source`.
 */
import { join } from 'node:path'
import { ensureBuilt } from './ensure-built.mjs'
import { compileSdk } from './sdk/release/compile.ts'
import { sdkPackages } from './sdk/release/packages.ts'
import { entrySizes, sizeTable } from './sdk/release/sizes.ts'

const root = join(import.meta.dirname, '..')
ensureBuilt()
compileSdk(root)
console.log(sizeTable(await entrySizes(sdkPackages(root))))
