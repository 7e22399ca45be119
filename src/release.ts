/** Which release of Authly this is. */
export { version as release } from '../package.json'
