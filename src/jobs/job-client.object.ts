/** Access to the object of a background job. */
import type { Placement } from '../kit/place-objects.ts'
import { observedObjects } from '../telemetry/observed-objects.ts'
import type { JobOf, JobProgress } from './job.ts'
import { watcherHeader } from './progress-feed.ts'

/** Returns the client of a job's object, placed by its id. Makes no call. */
export function createJobOf(namespace: Env['JOB'], placement: Placement): JobOf {
  const objectOf = observedObjects('Job', namespace, placement)
  return (jobId) => {
    const object = objectOf(jobId)
    return {
      offer: (order, upload) => object.offer(order, upload),
      discard: () => object.discard(),
      nudge: () => object.nudge(),
      progress: () => object.progress() as Promise<JobProgress | undefined>,
      readFile: (name) => object.readFile(name),
      watch: (watch) => object.watch(watch),
      async connect(authorization) {
        const headers = { upgrade: 'websocket', [watcherHeader]: JSON.stringify(authorization) }
        return (await object.fetch('https://job.internal/', { headers })).webSocket ?? undefined
      },
    }
  }
}
