/** The little of IndexedDB that is needed: values by key, in one store of a database by name. */

export interface Database {
  readonly get: (key: string) => Promise<unknown>
  /**
   * Changes one value in a transaction.
   * @param change gets the value that is there, and says what is to be: `undefined` leaves it, `null` deletes it
   * @returns the value that was there
   */
  readonly change: (key: string, change: (present: unknown) => unknown) => Promise<unknown>
  readonly keys: () => Promise<readonly string[]>
}

const store = 'kept'

/** @throws what the browser does, which may be that it keeps nothing (private browsing, blocked site data) */
export function openDatabase(name: string): Database {
  let opening: Promise<IDBDatabase> | undefined

  function open(): Promise<IDBDatabase> {
    opening ??= new Promise((resolve, reject) => {
      const request = indexedDB.open(name, 1)
      request.onupgradeneeded = () => request.result.createObjectStore(store)
      request.onerror = () => reject(request.error)
      request.onsuccess = () => {
        const forget = () => {
          opening = undefined
        }
        request.result.onclose = forget
        // Somebody deletes the database: an open connection would make them wait.
        request.result.onversionchange = () => {
          request.result.close()
          forget()
        }
        resolve(request.result)
      }
    })
    opening.catch(() => {
      opening = undefined
    })
    return opening
  }

  async function run<Value>(
    mode: IDBTransactionMode,
    work: (objects: IDBObjectStore, done: (value: Value) => void) => void,
  ): Promise<Value> {
    const database = await open()
    return new Promise((resolve, reject) => {
      const transaction = database.transaction(store, mode)
      let result: Value
      transaction.oncomplete = () => resolve(result)
      transaction.onabort = () => reject(transaction.error)
      work(transaction.objectStore(store), (value) => {
        result = value
      })
    })
  }

  return {
    get: (key) =>
      run('readonly', (objects, done) => {
        const request = objects.get(key)
        request.onsuccess = () => done(request.result)
      }),
    change: (key, change) =>
      run('readwrite', (objects, done) => {
        const request = objects.get(key)
        request.onsuccess = () => {
          done(request.result)
          const value = change(request.result)
          if (value === null) objects.delete(key)
          else if (value !== undefined) objects.put(value, key)
        }
      }),
    keys: () =>
      run('readonly', (objects, done) => {
        const request = objects.getAllKeys()
        request.onsuccess = () => done(request.result as string[])
      }),
  }
}
