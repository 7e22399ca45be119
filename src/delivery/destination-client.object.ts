/** Access to the objects of destinations. */
import type { Placement } from '../kit/place-objects.ts'
import { observedObjects } from '../telemetry/observed-objects.ts'
import type { DestinationOf } from './queue-message.ts'

/** Returns the client of a destination's object, by its name. Makes no call. */
export function createDestinationOf(namespace: Env['DESTINATION'], placement: Placement): DestinationOf {
  const objectOf = observedObjects('Destination', namespace, placement)
  return (name) => {
    const object = objectOf(name)
    return {
      enqueue: (message) => object.enqueue(message),
      release: (messageId) => object.release(messageId),
      discard: (messageId) => object.discard(messageId),
      issueCode: (input) => object.issueCode(input),
      checkCode: (input) => object.checkCode(input),
      readResume: (codeId, now) => object.readResume(codeId, now),
    }
  }
}
