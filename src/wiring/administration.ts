/** Administration: Postgres for who is authorized, and work on many rows. */
import { createJobOf } from '../jobs/job-client.object.ts'
import { loadStores, type Makers, pageTimeoutMilliseconds } from './wired-request.ts'

export const administration = {
  databaseFor: (request) => (authorized) =>
    request.ask((stores, database) =>
      stores.createAuthorizedDatabase(stores.createRunBatch(database), authorized),
    ),

  lastingDatabaseFor: (request) => async (authorized) => {
    const { createAuthorizedDatabase, createBoundedBatch } = await loadStores()
    return createAuthorizedDatabase(createBoundedBatch(request.config, pageTimeoutMilliseconds), authorized)
  },

  jobOf: (request) => createJobOf(request.env.JOB, request.config),
} satisfies Partial<Makers>
