/** A bound on waiting: a part that hangs must count as a part that failed. */

/**
 * `work`, or a rejection after `milliseconds`; the work itself goes on unobserved.
 * @param what names the part in the error
 */
export function withPatience<T>(work: Promise<T>, milliseconds: number, what: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout>
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      // The name `AbortSignal.timeout` gives its reason: `isUnavailable` knows it.
      reject(
        Object.assign(new Error(`${what} did not answer in ${milliseconds} ms`), { name: 'TimeoutError' }),
      )
    }, milliseconds)
  })
  return Promise.race([work, limit]).finally(() => clearTimeout(timer))
}
