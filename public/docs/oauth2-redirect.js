/* Hands over what a sign-in came back with to the tab of Swagger UI that began it, and closes this window. */
import { channelName } from './sign-in.js'

const query = location.search
const state = new URLSearchParams(query).get('state')
// The code is neither for the history nor for whoever sees the window.
history.replaceState(null, '', location.pathname)

const channel = new BroadcastChannel(channelName)
channel.onmessage = ({ data: { taken } }) => {
  if (taken === undefined || taken !== state) return
  document.querySelector('p').textContent = 'You can close this window.'
  close()
}
channel.postMessage({ query })
