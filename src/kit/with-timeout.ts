/** A timeout: a component that hangs must count as failed. */

/**
 * `work`, or a rejection after `milliseconds`; the work itself continues unobserved.
 * @param what names the component in the error
 */
export function withTimeout<T>(work: Promise<T>, milliseconds: number, what: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout>
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      // The same name as the error of `AbortSignal.timeout`, which `isUnavailable` recognises.
      reject(
        Object.assign(new Error(`${what} did not answer in ${milliseconds} ms`), { name: 'TimeoutError' }),
      )
    }, milliseconds)
  })
  return Promise.race([work, limit]).finally(() => clearTimeout(timer))
}
