/** The part of node:async_hooks that is used here. Workers implement it natively, but their types omit it. */
declare module 'node:async_hooks' {
  export class AsyncLocalStorage<T> {
    run<R>(store: T, work: () => R): R
    getStore(): T | undefined
  }
}
