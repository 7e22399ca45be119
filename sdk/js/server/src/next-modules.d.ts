/**
 * What `next.ts` uses of Next.js, which is not installed in this repository: it is large, and only its users need it.
 * The test that builds an application with it (test/conformance/sdk-server/next.test.ts) would show a difference.
 */
declare module 'next/headers' {
  export function cookies(): Promise<{
    getAll(): { name: string; value: string }[]
    set(name: string, value: string, options: object): unknown
    delete(name: string): unknown
  }>
  export function headers(): Promise<Headers>
}

declare module 'next/navigation' {
  export function redirect(url: string): never
}

declare module 'next/server' {
  export const NextResponse: {
    next(init?: { request?: { headers?: Headers } }): Response
  }
}
