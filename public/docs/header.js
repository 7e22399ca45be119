/* Names the deployment in the heading and the title, by its issuer: the documents are the same for all. */

/** @returns the issuer without its scheme; undefined if it cannot be read now: the pages work without it */
async function deploymentName() {
  try {
    const response = await fetch('/.well-known/openid-configuration')
    const { issuer } = await response.json()
    return issuer.replace(/^https?:\/\//, '')
  } catch {
    return undefined
  }
}

const name = await deploymentName()
if (name) {
  document.title = `${name}: ${document.title}`
  document.querySelector('.page-header h1').textContent = document.title
}
