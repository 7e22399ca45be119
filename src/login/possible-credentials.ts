export { possibleCredentials } from '../passkeys/possible-credentials.ts'
