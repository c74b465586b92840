/** What registries and containerd say when an image cannot be pulled; the kubelet puts `Failed to pull image "x": ` before it. */

const resolveFailure = (name: string): string => `failed to pull and unpack image "${name}": failed to resolve reference "${name}": `

/** A first part in capitals is taken for a registry, as distribution's splitDockerDomain does. */
function repositoryPart(text: string): string {
  const slash = text.indexOf('/')
  const first = text.slice(0, Math.max(0, slash))
  const hasRegistry = slash >= 0 && (/[.:]/.test(first) || first === 'localhost' || first.toLowerCase() !== first)
  const rest = hasRegistry ? text.slice(slash + 1) : text
  const name = rest.split(':', 1)[0]!
  return hasRegistry || rest.includes('/') ? name : `library/${name}`
}

/** Of the kubelet, which asks no registry for such a name. */
export function notAReference(text: string): string {
  const repository = repositoryPart(text)
  const why = repository.toLowerCase() === repository ? '' : `: repository name (${repository}) must be lowercase`
  return `Failed to apply default image tag "${text}": couldn't parse image name "${text}": invalid reference format${why}`
}

export const tagNotFound = (name: string): string => `rpc error: code = NotFound desc = ${resolveFailure(name)}${name}: not found`

/** Docker Hub does not tell a private repository from none. */
export const accessDenied = (name: string): string =>
  `${resolveFailure(name)}pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed`

/** A registry that asks for a login. */
const notAuthorized = (token: 'anonymous' | 'oauth', name: string, registry: string, repository: string): string =>
  `${resolveFailure(name)}failed to authorize: failed to fetch ${token} token: unexpected status from GET request to https://${registry}/token?scope=repository%3A${encodeURIComponent(repository)}%3Apull&service=${registry}: 401 Unauthorized`

export const unauthorized = (name: string, registry: string, repository: string): string =>
  notAuthorized('anonymous', name, registry, repository)

export const wrongCredentials = (name: string, registry: string, repository: string): string =>
  notAuthorized('oauth', name, registry, repository)

/** A login that may not read this repository. */
export const forbidden = (name: string, registry: string, repository: string, tag: string): string =>
  `${resolveFailure(name)}unexpected status from HEAD request to https://${registry}/v2/${repository}/manifests/${tag}: 403 Forbidden`

export const registryUnreachable = (name: string, registry: string, repository: string, tag: string): string => {
  const host = registry === 'docker.io' ? 'registry-1.docker.io' : registry
  return `${resolveFailure(name)}failed to do request: Head "https://${host}/v2/${repository}/manifests/${tag}": dial tcp: lookup ${host}: i/o timeout`
}

export const noSuchHost = (name: string, registry: string, repository: string, tag: string): string =>
  `${resolveFailure(name)}failed to do request: Head "https://${registry}/v2/${repository}/manifests/${tag}": dial tcp: lookup ${registry}: no such host`
