/** A namespace none of whose objects answers. */
export const brokenNamespace = new Proxy(
  {},
  {
    get: () => () =>
      new Proxy({}, { get: () => () => Promise.reject(new Error('the object is overloaded')) }),
  },
) as DurableObjectNamespace<never>
