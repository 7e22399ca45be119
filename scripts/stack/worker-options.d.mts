import type { BuildOptions } from 'esbuild'

export declare const workerOptions: (options?: { readable?: boolean }) => BuildOptions
